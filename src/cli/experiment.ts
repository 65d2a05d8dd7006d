import { Command } from "commander";
import { experiments } from "../experiments/experiments.ts";
import { command, positiveInteger, repeated, type SharedOptions } from "./command.ts";

/** The options of `taskprism experiment`. */
export interface ExperimentFlags extends SharedOptions {
  readonly out?: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly case?: readonly string[];
  readonly workers?: number;
  readonly force?: boolean;
  readonly printConfig?: boolean;
}

/** `taskprism experiment`: the tables of the paper and more, each from one command. */
export function experimentCommand(): Command {
  // Without the shared options: it would take them, and its subcommands would not see them.
  const experiment = new Command("experiment")
    .description("run an experiment with known truth, a grid of data and methods, on all cores")
    .exitOverride();
  for (const [name, { summary }] of experiments) experiment.addCommand(experimentNamed(name, summary));
  return experiment;
}

function experimentNamed(name: string, summary: string): Command {
  return command(name, summary)
    .option("--out <folder>", "where results go; a folder of an interrupted run goes on where it was")
    .option("--config <file>", "a configuration in YAML in place of the shipped one")
    .option("--set <field=value>", "change a field, such as data.tasks=50 or 'seeds=[0, 1]'; repeatable", repeated)
    .option("--case <name>", "run this case only; repeatable", repeated)
    .option("--workers <n>", "processes at a time (default: as many as there are cores)", positiveInteger)
    .option("--force", "throw away the results that the folder holds")
    .option("--print-config", "print the configuration as YAML, changes included, and do nothing else")
    .addHelpText(
      "after",
      "\nEvery finished cell is stored in cells.jsonl at once; in the end there are results.csv and results.parquet, one row\n" +
        "a cell, and table.md, mean ± standard deviation over seeds. --seed is added to every seed of the configuration.",
    )
    .action(async (flags: ExperimentFlags) => {
      const { runExperiment } = await import("./experiment-run.ts");
      await runExperiment(name, flags);
    });
}
