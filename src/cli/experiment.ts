import { Command } from "commander";
import type { ExperimentConfig } from "../experiments/config.ts";
import { experiments, type SeedExperimentEntry, seedExperiments } from "../experiments/experiments.ts";
import { command, positiveInteger, repeated, type SharedOptions } from "./command.ts";

/** The options of `taskprism experiment`. */
export interface ExperimentFlags extends SharedOptions {
  readonly out?: string;
  readonly config?: string;
  readonly set?: readonly string[];
  readonly case?: readonly string[];
  readonly methods?: readonly string[];
  readonly workers?: number;
  readonly force?: boolean;
  readonly printConfig?: boolean;
}

/** The options of an experiment on real data. */
export interface SeedExperimentFlags extends ExperimentFlags {
  readonly data?: readonly string[];
}

/** `taskprism experiment`: the tables of the paper and more, each from one command. */
export function experimentCommand(): Command {
  // Without the shared options: it would take them, and its subcommands would not see them.
  const experiment = new Command("experiment")
    .description("run an experiment, a grid of data, methods and seeds, on all cores")
    .exitOverride();
  for (const [name, entry] of experiments) experiment.addCommand(experimentNamed(name, entry));
  for (const [name, entry] of seedExperiments) experiment.addCommand(seedExperimentNamed(name, entry));
  return experiment;
}

/** A command with the options that all experiments share. */
function anyExperiment(name: string, summary: string, field: string): Command {
  return command(name, summary)
    .option("--out <folder>", "where results go; a folder of an interrupted run goes on where it was")
    .option("--config <file>", "a configuration in YAML in place of the shipped one")
    .option("--set <field=value>", `change a field, such as ${field} or 'seeds=[0, 1]'; repeatable`, repeated)
    .option("--case <name>", "run this case only; repeatable", repeated)
    .option("--methods <names>", "only these methods, comma-separated, as the configuration has them", repeated)
    .option("--workers <n>", "processes at a time (default: as many as there are cores)", positiveInteger)
    .option("--force", "throw away the results that the folder holds")
    .option("--print-config", "print the configuration as YAML, changes included, and do nothing else");
}

function experimentNamed(name: string, { summary, config }: { summary: string; config: ExperimentConfig }): Command {
  return anyExperiment(name, summary, "data.tasks=50")
    .addHelpText(
      "after",
      "\nEvery finished cell is stored in cells.jsonl at once; in the end there are results.csv and results.parquet, one row\n" +
        "a cell, and table.md, mean ± standard deviation over seeds. --seed is added to every seed of the configuration.\n" +
        "A cell that ended with an error of its own is finished and keeps it until --force; one whose process was killed runs\n" +
        "again when the command is repeated.",
    )
    .action(async (flags: ExperimentFlags) => {
      const { runExperiment } = await import("./experiment-run.ts");
      await runExperiment(name, config, flags);
    });
}

function seedExperimentNamed(name: string, entry: SeedExperimentEntry): Command {
  const files = entry.files.map((names) => names.join(" or ")).join(", and ");
  return anyExperiment(name, entry.summary, "training.epochs=20")
    .option(
      "--data <path>",
      `the folder of ${files}, or these files one by one (default: ${name} in the folder that TASKPRISM_DATA names)`,
      repeated,
    )
    .addHelpText(
      "after",
      "\nLatents found with several seeds are compared on a tenth of the rows that no fit has seen, where targets are predicted\n" +
        "as well. Every finished training is stored at once; in the end there are pairs.csv, one row a pair of seeds, errors.csv\n" +
        "and table.md. --seed is added to every seed of the configuration.\n\n" +
        `Example:\n  taskprism experiment ${name} --data data/${name} --out ${name}`,
    )
    .action(async (flags: SeedExperimentFlags) => {
      const { runSeedExperiment } = await import("./seed-experiment-run.ts");
      await runSeedExperiment(name, entry, flags);
    });
}
