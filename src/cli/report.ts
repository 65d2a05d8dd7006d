import type { Command } from "commander";
import { command, oneOf, type SharedOptions } from "./command.ts";

/** The options of `taskprism report`. */
export interface ReportFlags extends SharedOptions {
  readonly format: "html" | "svg" | "png" | "pdf";
  readonly out?: string;
  readonly truth?: string;
}

/** `taskprism report`: what a run found, to look at. */
export function reportCommand(): Command {
  return command("report", "make a page of charts of a run, or of several: one file that needs nothing else")
    .argument("<runs...>", "run folders; the first in full, and how the others agree with it")
    .option(
      "--out <path>",
      "the page (default: report.html in the first run), or the folder of the pictures (default: charts)",
    )
    .option(
      "--format <kind>",
      "html, or every chart as a file: svg, png, pdf",
      oneOf("html", "svg", "png", "pdf"),
      "html",
    )
    .option("--truth <file>", "the true latents of the run's rows, where they are known: .npy, CSV, Parquet")
    .addHelpText("after", EXAMPLES)
    .action(async (runs: string[], flags: ReportFlags) => {
      const { runReport } = await import("./report-run.ts");
      await runReport(runs, flags);
    });
}

const EXAMPLES = `
Charts of features, residuals and calibration need the tables that the run was fitted to, where they were then.

Examples:
  taskprism report runs/a
  taskprism report runs/seed0 runs/seed1 runs/seed2 --out seeds.html
  taskprism report runs/a --format pdf --out figures`;
