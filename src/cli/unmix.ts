import type { Command } from "commander";
import { type BootstrapFlags, withBootstrapOptions } from "./bootstrap-flags.ts";
import { command, oneOf, positiveInteger, real, type SharedOptions } from "./command.ts";

/** The options of `taskprism unmix`. */
export interface UnmixFlags extends SharedOptions, BootstrapFlags {
  readonly representation?: string;
  readonly target?: string;
  readonly task?: string;
  readonly targets?: string;
  readonly moments?: string;
  readonly out: string;
  readonly force?: boolean;
  readonly variance?: "free" | "clamped";
  readonly sigmaS?: number;
  readonly starts?: number;
  readonly solver?: "auto" | "closed-form" | "lbfgs" | "adam";
  readonly sigmaObs?: number | "estimate";
  readonly intercept: boolean;
}

/** `taskprism unmix`: stage 2 on any encoder's output. */
export function unmixCommand(): Command {
  const unmix = command("unmix", "stage 2 alone: unmix any encoder's output into canonical latents, with a certificate")
    .option("--representation <file>", "the encoder's output, rows × d: .npy, CSV, TSV, JSON, Parquet")
    .option("--target <file>", "long data: the target of every row")
    .option("--task <file>", "long data: the task of every row, numbers or names")
    .option("--targets <file>", "wide data: rows × tasks; NaN or an empty cell is a missing target")
    .option("--moments <file>", "instead of all these: the moments that taskprism moments left of rows of any number")
    .requiredOption("--out <folder>", "where the results go; a new folder")
    .option("--force", "replace the run that is in that folder")
    .option("--variance <kind>", "free, or clamped as in the paper (default: free)", oneOf("free", "clamped"))
    .option("--sigma-s <number>", "standard deviation of an effect given its target (default: 0.1)", real)
    .option(
      "--solver <name>",
      "closed-form: no observation noise; lbfgs: the exact likelihood with noise; adam: the paper's recipe; auto: closed-form, " +
        "and on to lbfgs where noise is seen to have cost accuracy (default: auto)",
      oneOf("auto", "closed-form", "lbfgs", "adam"),
    )
    .option(
      "--sigma-obs <number>",
      "its standard deviation for lbfgs and adam, or 'estimate' with lbfgs (default: 0.01; auto estimates it)",
      (text: string) => (text === "estimate" ? text : real(text)),
    )
    .option("--starts <count>", "limit on the restarts of the solver (default: 20)", positiveInteger)
    .option("--no-intercept", "take the means of h and y in every task to be zero, as the original code does");
  return withBootstrapOptions(unmix)
    .addHelpText("after", EXAMPLES)
    .action(async (flags: UnmixFlags) => {
      const { runUnmix } = await import("./unmix-run.ts");
      await runUnmix(flags);
    });
}

const EXAMPLES = `
The representation and the targets are held in memory, some 30 bytes a number. Tables that are too large for that are first
reduced by taskprism moments, without limit; the run then has no latents, and transform writes them, of any table.

Examples:
  taskprism unmix --representation h.npy --target y.npy --task t.npy --out runs/long
  taskprism unmix --representation embeddings.parquet --targets properties.csv --out runs/wide --bootstrap 200
  taskprism unmix --moments big.moments --out runs/big`;
