import type { Command } from "commander";
import { command, oneOf, real, repeated, type SharedOptions } from "./command.ts";
import { type MoleculeFlags, withMoleculeOptions } from "./molecule-options.ts";

/** The options of `taskprism predict` as commander parses them. */
export interface PredictFlags extends SharedOptions, MoleculeFlags {
  readonly out: string;
  readonly targets?: string[];
  readonly task?: string;
  readonly method: "posterior" | "heads";
  readonly causalOnly: boolean;
  readonly level: number;
  readonly id?: string;
}

/** `taskprism predict`: the targets of new rows, with intervals. */
export function predictCommand(): Command {
  const predict = command("predict", "predict the targets of new rows with a fitted model, with intervals")
    .argument("<run>", "a run folder, or a model.safetensors file")
    .argument("<tables...>", "files with the columns, or the molecules, that the model reads; others do no harm")
    .requiredOption("--out <file>", "where it goes: .csv, .tsv, .json, .parquet, or .npy for the predictions alone")
    .option("--targets <names>", "predict these targets for every row (default: all, in a run on wide data)", repeated)
    .option("--task <column>", "predict each row for the task that this column names (runs on long data)")
    .option(
      "--method <name>",
      "posterior: of the target given the latents, by its causal model; heads: what the encoder's own heads say",
      oneOf("posterior", "heads"),
      "posterior",
    )
    .option("--causal-only", "use the causes of a target alone: stays valid when its effects come to differ", false)
    .option("--level <probability>", "probability that an interval holds the target", real, 0.9)
    .option("--id <column>", "a column that names the rows; copied to the predictions");
  return withMoleculeOptions(predict)
    .addHelpText("after", EXAMPLES)
    .action(async (path: string, tables: string[], flags: PredictFlags) => {
      const { runPredict } = await import("./predict-run.ts");
      await runPredict(path, tables, flags);
    });
}

const EXAMPLES = `
Columns written: row, id where asked for, then for every target its name, name_lower and name_upper; with --task: task,
prediction, lower, upper. A target with too few rows for its causes is left empty. A run of unmix reads its representation: the columns
that it was fitted to, or a .npy file, with tables of as many rows beside it.

Examples:
  taskprism predict runs/a materials.csv --targets tc,gap --out predicted.csv
  taskprism predict runs/c new.parquet --task assay --causal-only --level 0.95 --out predicted.parquet
  taskprism predict runs/h new.npy labels.csv --task assay --out predicted.csv`;
