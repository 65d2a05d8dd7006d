import type { Command } from "commander";
import { command, type SharedOptions } from "./command.ts";

/** The options of `taskprism score`. */
export interface ScoreFlags extends SharedOptions {
  readonly task?: string;
  readonly raw?: string;
  readonly causes?: string;
  readonly trueCauses?: string;
  readonly heatmap?: string;
}

/** `taskprism score`: latents against the truth. */
export function scoreCommand(): Command {
  return command("score", "score latents against the true ones: MCC, R², DCI, causes, with the null line")
    .argument("<latents>", "a run folder, or a file: .npy, CSV, TSV, JSON, Parquet")
    .argument("<truth>", "the true latents of the same rows, in any of these formats, or a folder made by generate")
    .option("--task <file>", "the task of every row (.npy or a table of one column): adds the score within tasks")
    .option("--raw <file>", "what the latents were learned from, for the null line: the same score with no learning")
    .option(
      "--true-causes <file>",
      "tasks × true latents, 1 where the latent causes the target: scores the causes, too",
    )
    .option("--causes <file>", "tasks × latents, probability of being a cause (default: the run's own)")
    .option("--heatmap <file>", "draw the correlations of latents and truth; .svg or .png")
    .addHelpText(
      "after",
      "\nA folder made by generate brings its tasks, its raw input and its true causes. Scores out of sample are fitted on\n" +
        "one random half of the rows (--seed) and taken on the other. Importances for DCI are the sizes of standardised\n" +
        "regression coefficients.",
    )
    .action(async (latents: string, truth: string, flags: ScoreFlags) => {
      const { runScore } = await import("./score-run.ts");
      await runScore(latents, truth, flags);
    });
}
