import { type Command, InvalidArgumentError } from "commander";
import { command, positiveInteger, repeated, type SharedOptions } from "./command.ts";

/** The options of `taskprism moments` as commander parses them. */
export interface MomentsFlags extends SharedOptions {
  readonly features?: string[];
  readonly targets?: string[];
  readonly drop?: string[];
  readonly task?: string;
  readonly target?: string;
  readonly out: string;
  readonly force?: boolean;
  readonly groups?: number;
  readonly memory: string;
  readonly threads: number;
}

/** `taskprism moments`: all that stage 2 needs of tables larger than memory, and parts of them put together. */
export function momentsCommand(): Command {
  return command("moments", "reduce tables of any size to the moments from which unmix fits; put parts together")
    .argument("<files...>", "parts of one table, each with the same columns: their rows are added up")
    .optionsGroup("Columns (names or globs, comma-separated):")
    .option(
      "--features <columns>",
      "the representation: an encoder's output; default: every numeric column that is nothing else",
      repeated,
    )
    .option("--targets <columns>", "wide data: one target a column; an empty cell is a missing target", repeated)
    .option("--drop <columns>", "columns to ignore", repeated)
    .option("--task <column>", "long data: the column that names each row's task")
    .option("--target <column>", "long data: the column that holds each row's target")
    .optionsGroup("The result:")
    .requiredOption("--out <file>", "where the moments go, such as all.moments")
    .option("--force", "replace that file")
    .option("--groups <count>", "groups of rows kept apart for the certificate (default: 2; wide: 32)", groupCount)
    .optionsGroup("The machine:")
    .option("--memory <size>", "what the database may hold; the rest goes to temporary files", memorySize, "512MB")
    .option(
      "--threads <count>",
      "threads of the database; with more than 1 the last bits of the result may vary",
      positiveInteger,
      1,
    )
    .addHelpText("after", EXAMPLES)
    .action(async (files: string[], flags: MomentsFlags) => {
      const { runMoments } = await import("./moments-run.ts");
      await runMoments(files, flags);
    });
}

function groupCount(text: string): number {
  const count = positiveInteger(text);
  if (count < 2) throw new InvalidArgumentError("It must be at least 2: the certificate judges one half by the other.");
  return count;
}

function memorySize(text: string): string {
  if (!/^\d+(\.\d+)?\s*[KMGT]i?B$/i.test(text))
    throw new InvalidArgumentError("It must be a size such as 512MB or 2GB.");
  return text;
}

const EXAMPLES = `
Unlike elsewhere, several files are not side by side: each holds more rows of the same columns. A file that is no table
(.csv, .tsv, .json, .jsonl, .parquet) is taken for moments that were saved before, here or on another machine; tasks are
matched by name. Rows without a target are left out of its task, a missing feature is an error, as in fit and unmix.
What comes after: unmix --moments fits, transform writes the latents of a table of any size.

Examples:
  taskprism moments big.parquet --features 'h*' --targets 'y*' --out big.moments
  taskprism moments part-*.parquet --task assay --target value --out all.moments
  taskprism moments machine-1.moments machine-2.moments --out both.moments
  taskprism unmix --moments both.moments --out runs/both
  taskprism transform runs/both big.parquet --out latents.parquet`;
