import type { Command } from "commander";
import { command, type SharedOptions } from "./command.ts";

/** `taskprism compare`: how far several runs agree. */
export function compareCommand(): Command {
  return command("compare", "compare the latents of several runs on the same rows: strong and weak MCC of all pairs")
    .argument("<runs...>", "two or more: run folders, or files of latents (.npy, CSV, Parquet)")
    .action(async (runs: string[], flags: SharedOptions) => {
      const { runCompare } = await import("./compare-run.ts");
      await runCompare(runs, flags);
    });
}
