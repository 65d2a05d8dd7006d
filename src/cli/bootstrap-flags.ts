import { type Command, InvalidArgumentError } from "commander";
import { MIN_REPLICATES } from "../mtlcm/min-replicates.ts";
import { integer, oneOf, positiveInteger } from "./command.ts";

/** The options of the bootstrap, which `fit` and `unmix` share. */
export interface BootstrapFlags {
  /** Number of replicates; 0 or undefined for none. */
  readonly bootstrap?: number;
  readonly resample?: "rows" | "tasks";
  readonly bootstrapStarts?: number;
  readonly workers?: number;
}

/** Adds them to a command. */
export function withBootstrapOptions(command: Command): Command {
  return command
    .optionsGroup("The bootstrap:")
    .option(
      "--bootstrap <N>",
      "refit stage 2 to N redrawn data sets, on all cores, for intervals (200 is usual; default: 0, none, because it takes " +
        "about N times the time of stage 2 over the cores)",
      replicateCount,
    )
    .option("--resample <what>", "what is redrawn: rows, or tasks (default: rows)", oneOf("rows", "tasks"))
    .option("--bootstrap-starts <count>", "random starts of a refit beside the fit itself (default: 0)", integer)
    .option("--workers <count>", "processes at a time (default: one a core)", positiveInteger);
}

function replicateCount(text: string): number {
  const count = integer(text);
  if (count !== 0 && count < MIN_REPLICATES) {
    throw new InvalidArgumentError(`It must be 0, or at least ${MIN_REPLICATES}: a 95 % interval needs so many.`);
  }
  return count;
}
