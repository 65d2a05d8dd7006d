import type { Command } from "commander";
import { command, type SharedOptions } from "./command.ts";

/** The options of `taskprism score`. */
export interface ScoreFlags extends SharedOptions {
  readonly task?: string;
  readonly raw?: string;
}

/** `taskprism score`: latents against the truth. */
export function scoreCommand(): Command {
  return command("score", "score latents against the true ones: strong and weak MCC, with the null line")
    .argument("<latents>", "a run folder, or a file: .npy, CSV, TSV, JSON, Parquet")
    .argument("<truth>", "the true latents of the same rows, in any of these formats")
    .option("--task <file>", "the task of every row (.npy or a table of one column): adds the score within tasks")
    .option("--raw <file>", "what the latents were learned from, for the null line: the same score with no learning")
    .action(async (latents: string, truth: string, flags: ScoreFlags) => {
      const { runScore } = await import("./score-run.ts");
      await runScore(latents, truth, flags);
    });
}
