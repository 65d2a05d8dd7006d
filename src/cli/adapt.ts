import type { Command } from "commander";
import { command, type SharedOptions } from "./command.ts";
import { type MoleculeFlags, withMoleculeOptions } from "./molecule-options.ts";

/** The options of `taskprism adapt` as commander parses them. */
export interface AdaptFlags extends SharedOptions, MoleculeFlags {
  readonly target: string;
  readonly name?: string;
  readonly task?: string;
  readonly out: string;
  readonly force?: boolean;
  readonly id?: string;
}

/** `taskprism adapt`: a fitted model learns new tasks from a few labelled rows. */
export function adaptCommand(): Command {
  const adapt = command(
    "adapt",
    "add new tasks to a fitted model from a few labelled rows; its latents stay as they are",
  )
    .argument("<run>", "a run folder, or a model.safetensors file")
    .argument("<tables...>", "files with the columns, or the molecules, that the model reads, and the new target")
    .requiredOption("--target <column>", "the column that holds the new target; rows without one are left out")
    .option("--name <task>", "what the new task is called (default: as its column)")
    .option("--task <column>", "several new tasks at once: the column that names each row's task")
    .requiredOption("--out <folder>", "where the extended run goes; a new folder")
    .option("--force", "replace the run that is in that folder")
    .option("--id <column>", "a column that names the rows; copied to the latents");
  return withMoleculeOptions(adapt)
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, tables: string[], flags: AdaptFlags) => {
      const { runAdapt } = await import("./adapt-run.ts");
      await runAdapt(path, tables, flags);
    });
}

const EXAMPLES = `
At least 3 rows a task. The fewer there are, the more is borrowed from the tasks that the model knows; the result says how
much. The new run predicts all tasks, old and new. A run of unmix reads its representation: the columns that it was fitted to, or
a .npy file, with a table of as many rows beside it.

Examples:
  taskprism adapt runs/a measured.csv --target hardness --out runs/a-hardness
  taskprism adapt runs/c new-assays.parquet --task assay --target value --out runs/c2
  taskprism adapt runs/h new.npy labels.csv --target y --name assay7 --out runs/h2`;
