import type { Command } from "commander";
import { command, type SharedOptions } from "./command.ts";
import { type MoleculeFlags, withMoleculeOptions } from "./molecule-options.ts";

/** The options of `taskprism transform`. */
export interface TransformFlags extends SharedOptions, MoleculeFlags {
  readonly out: string;
  readonly id?: string;
  readonly task?: string;
  readonly target?: string;
}

/** `taskprism transform`: the latents of new rows. */
export function transformCommand(): Command {
  const transform = command("transform", "compute the latents of new rows with a fitted model")
    .argument("<run>", "a run folder, or a model.safetensors file")
    .argument("<tables...>", "files with the columns, or the molecules, that the model reads; others do no harm")
    .requiredOption("--out <file>", "where the latents go: .csv, .tsv, .json, .parquet, or .npy for the numbers alone")
    .option("--id <column>", "a column that names the rows; copied to the latents")
    .option("--task <column>", "for baselines that read it: the column that names each row's task, in long data")
    .option("--target <column>", "for baselines that read it: the column that holds each row's target, in long data");
  return withMoleculeOptions(transform)
    .addHelpText("after", NOTES)
    .action(async (path: string, tables: string[], flags: TransformFlags) => {
      const { runTransform } = await import("./transform-run.ts");
      await runTransform(path, tables, flags);
    });
}

const NOTES = `
A run of fit reads the columns that its encoder was trained on. A run of unmix has no encoder: give it new rows of the
representation, in columns called as those it was fitted to, or as a .npy file; tables of any size stream through.

Examples:
  taskprism transform runs/a new.csv --id name --out latents.csv
  taskprism transform runs/from-moments big.parquet --out latents.parquet`;
