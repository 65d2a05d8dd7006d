import { mkdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { DataError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { latentNames } from "../model/fitted-model.ts";
import {
  locate,
  openRun,
  openTables,
  type RunFolder,
  readRowNames,
  readSteps,
  writeFileAtomically,
  writePicture,
} from "../node/index.ts";
import type { NamedLatents } from "../report/charts/correlation-matrix.ts";
import type { LoggedStep } from "../report/charts/loss-curves.ts";
import { reportPage } from "../report/page.ts";
import { renderStandaloneChart } from "../report/render.ts";
import { type Report, type ReportedRun, reportOf } from "../report/report.ts";
import { loadModel } from "./load-model.ts";
import { createProgress, type Progress } from "./progress.ts";
import { readLatents } from "./read-latents.ts";
import type { ReportFlags } from "./report.ts";
import { readRunRows } from "./report-rows.ts";
import { printResult } from "./summary.ts";

/** Writes the page of charts, or every chart as a file. */
export async function runReport(paths: readonly string[], flags: ReportFlags): Promise<void> {
  const progress = createProgress(flags.quiet);
  try {
    const runs: ReportedRun[] = [];
    for (const path of paths) {
      progress.update({ phase: "reading", done: runs.length, total: paths.length, detail: path });
      runs.push(await readRun(path, runs.length === 0, progress));
    }
    checkShapes(paths, runs);
    const [first] = runs as [ReportedRun, ...ReportedRun[]];
    const truth = flags.truth === undefined ? undefined : await readTruth(flags.truth, first);
    progress.update({ phase: "drawing", done: 0, total: 1, detail: "" });
    const report = await reportOf(runs as [ReportedRun, ...ReportedRun[]], truth);
    const files = await (flags.format === "html" ? writePage : writeCharts)(report, paths[0] as string, flags);
    progress.stop();
    const charts = report.sections.reduce((count, section) => count + section.charts.length, 0);
    printResult(flags, { runs: paths, charts, files }, () => [
      flags.format === "html" ? `${charts} charts in ${files[0]}` : `${charts} charts:`,
      ...(flags.format === "html" ? [] : files),
    ]);
  } finally {
    progress.stop();
  }
}

async function writePage(report: Report, run: string, { out }: ReportFlags): Promise<string[]> {
  const file = out ?? locate(await openRun(run), "report");
  await writeFileAtomically(file, await reportPage(report));
  return [file];
}

async function writeCharts(report: Report, run: string, { out, format }: ReportFlags): Promise<string[]> {
  const folder = out ?? join(run, "charts");
  await mkdir(folder, { recursive: true });
  const files: string[] = [];
  for (const chart of report.sections.flatMap(({ charts }) => charts)) {
    const file = join(folder, `${chart.id}.${format}`);
    await writePicture(file, await renderStandaloneChart(chart));
    files.push(file);
  }
  return files;
}

async function readRun(path: string, withRows: boolean, progress: Progress): Promise<ReportedRun> {
  const run = await openRun(path);
  const model = await loadModel(path);
  const latents = await readLatents(path);
  const steps = (await readSteps(run)) as LoggedStep[];
  const rows = withRows ? await readRunRows(run, model, latents, progress) : undefined;
  const smiles = withRows && model.molecules ? await readSmilesOf(run) : undefined;
  return { name: basename(resolve(path)), model, latents, steps, rows, smiles };
}

/** The SMILES of the molecules that a run was fitted to, as its latents have them. */
async function readSmilesOf(run: RunFolder): Promise<string[]> {
  const tables = await openTables([locate(run, "latents")]);
  try {
    return await readRowNames(tables, "smiles");
  } finally {
    tables.close();
  }
}

async function readTruth(path: string, { latents }: ReportedRun): Promise<NamedLatents> {
  const values = await readLatents(path);
  if (values.rows !== latents.rows) {
    throw new DataError(`${values.rows} rows, but ${latents.rows} in the run`, { source: path });
  }
  return { title: "truth", values, names: latentNames(values.cols).map((name) => `true ${name}`) };
}

function checkShapes(paths: readonly string[], runs: readonly ReportedRun[]): void {
  const size = ({ rows, cols }: Matrix) => `${rows} rows and ${cols} latents`;
  const [first, ...others] = runs.map(({ latents }) => size(latents));
  const odd = others.findIndex((other) => other !== first);
  if (odd < 0) return;
  const problem = `${others[odd]}, but ${first} in ${paths[0]}; a report compares runs on the same rows with equal d`;
  throw new DataError(problem, { source: paths[odd + 1] as string });
}
