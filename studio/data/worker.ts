import type { MultiTaskData } from "../../src/data/multi-task-data.ts";
import { takeRows } from "../../src/data/multi-task-data.ts";
import { ConfigError, DataError } from "../../src/errors.ts";
import { type Matrix, matrix } from "../../src/linalg/matrix.ts";
import { decodeModel, encodeModel } from "../../src/model/file.ts";
import type { FittedModel } from "../../src/model/fitted-model.ts";
import { predict } from "../../src/model/predict.ts";
import { transform } from "../../src/model/transform.ts";
import type { LoggedStep } from "../../src/report/charts/loss-curves.ts";
import { evenly } from "../../src/report/charts/order.ts";
import { type Report, type ReportedRun, reportOf } from "../../src/report/report.ts";
import { rendered } from "../charts/rendered-chart.ts";
import { readTable } from "../tables/read-table.ts";
import { dataOf, type Role, type Roles, suggestedRoles } from "../tables/roles.ts";
import type { Table } from "../tables/table.ts";
import type { Descent } from "../unmixing/recovery.ts";
import { prepareCompute, waysHere } from "../worker/compute.ts";
import { breathe } from "../worker/prepare.ts";
import { type Brush, type Brushed, brushed, type Scatter, scatterOf } from "./brush.ts";
import { exampleTable } from "./example-tables.ts";
import type { ExampleName } from "./examples.ts";
import { type FitRequest, fitOptions } from "./fit-request.ts";
import { latentsCsv } from "./latents-csv.ts";
import { type ReportPart, type RunSummary, summariseRun, summariseTable, type TableSummary } from "./summary.ts";
import { TrainingControl, type TrainingEvent, train } from "./training.ts";

/** A run that is held here: what can be drawn and saved of it. */
interface HeldRun {
  readonly name: string;
  readonly model: FittedModel;
  readonly steps: readonly LoggedStep[];
  readonly descents: readonly Descent[];
  /** What it was computed on; absent for a model that was opened. */
  readonly computedBy?: string;
  readonly rows?: { readonly data: MultiTaskData; readonly latents: Matrix };
}

/** Rows that charts of single rows are drawn from, as in the report of the command line. */
const MOST_ROWS = 20_000;
const LEVEL = 0.9;

const runs = new Map<number, HeldRun>();
let table: Table | undefined;
let control = new TrainingControl();

/** What the data tab asks of its worker, which holds the table and the runs. */
export const dataWorker = {
  /** Reads a table; the one before stays if this one cannot be read. Throws DataError. */
  async openTable(file: File): Promise<TableSummary> {
    return show(await readTable(file));
  },

  openExample(name: ExampleName): TableSummary {
    return show(exampleTable(name));
  },

  /** Fits the open table. Throws ConfigError and DataError for roles and values that cannot be used. */
  async fit(roles: Roles, request: FitRequest, tell: (event: TrainingEvent) => void): Promise<RunSummary | undefined> {
    const opened = demand(table, "open a table first");
    const { fingerprint } = opened;
    const data = dataOf(opened, roles);
    control = new TrainingControl();
    const fitted = await train(
      data,
      fitOptions(request, data, fingerprint),
      await waysHere(request.device),
      control,
      tell,
    );
    if (fitted === undefined) return undefined;
    const { fit, steps, descents, computedBy } = fitted;
    return keep({
      name: `seed ${request.seed}, d = ${fit.latents.cols}`,
      model: fit.model,
      steps,
      descents,
      computedBy,
      rows: { data, latents: fit.latents },
    });
  },

  pause: () => control.pause(),
  resume: () => control.resume(),
  /** Ends the training where it is; stage 2 goes on from the best weights so far. */
  stop: () => control.stop(),
  /** Ends the fit without a result. */
  discard: () => control.discard(),

  /** Opens a model; where the open table has its columns, the model is applied to it. Throws DataError. */
  async openModel(file: File): Promise<RunSummary> {
    const model = decodeModel(new Uint8Array(await file.arrayBuffer()), file.name);
    const rows = await applied(model);
    return keep({ name: file.name, model, steps: [], descents: [], ...(rows && { rows }) });
  },

  /** The report of runs, drawn and told chart by chart; that of several begins with how they agree. */
  async report(ids: readonly number[], tell: (part: ReportPart) => void): Promise<void> {
    const { summary, sections } = await reportFor(ids);
    tell({ summary });
    for (const { charts, ...section } of sections) {
      tell({ section });
      for (const chart of charts) {
        await breathe();
        tell({ chart: await rendered(chart), of: section.id });
      }
    }
    tell({ end: true });
  },

  /** The iterates of stage 2 against the latents that it ended with; none of a model that was opened. */
  descents: (id: number): readonly Descent[] => run(id).descents,

  scatter: (id: number, i: number, j: number): Scatter => scatterOf(rowsOf(id).latents, i, j),

  brushed(id: number, pair: readonly [number, number], brush: Brush): Brushed {
    const { latents, data } = rowsOf(id);
    return brushed(latents, data, pair, brush);
  },

  modelFile: (id: number): Uint8Array => encodeModel(run(id).model),
  latentsFile: (id: number): string => latentsCsv(rowsOf(id).latents),
  async reportFile(ids: readonly number[]): Promise<string> {
    const { reportPage } = await import("../../src/report/page.ts");
    return reportPage(await reportFor(ids));
  },
};

function show(opened: Table): TableSummary {
  table = opened;
  return summariseTable(opened, suggestedRoles(opened.columns));
}

function keep(held: HeldRun): RunSummary {
  const id = runs.size;
  runs.set(id, held);
  return summariseRun(id, held);
}

const run = (id: number): HeldRun => demand(runs.get(id), "there is no such run");

const rowsOf = (id: number) =>
  demand(run(id).rows, "the rows of this model are not here; open its table first, then the model");

function demand<T>(value: T | undefined, message: string): T {
  if (value === undefined) throw new ConfigError(message);
  return value;
}

/** The open table in the model's coordinates; undefined where it is not a table of the model's features and targets. */
async function applied(model: FittedModel): Promise<HeldRun["rows"]> {
  const { featureNames, taskNames, layout } = model;
  if (table === undefined || model.mtrn === null) return undefined;
  const suggested = suggestedRoles(table.columns);
  const roleOf = (name: string): Role => {
    if (featureNames.includes(name)) return "feature";
    const role = suggested[name];
    if (layout === "wide") return taskNames.includes(name) ? "target" : "none";
    return role === "task" || role === "target" ? role : "none";
  };
  try {
    const data = dataOf(table, Object.fromEntries(table.columns.map(({ name }) => [name, roleOf(name)])));
    if (data.featureNames.length < featureNames.length || data.targets.taskNames.join() !== taskNames.join())
      return undefined;
    await prepareCompute();
    return { data, latents: await transform(model, ordered(data, featureNames)) };
  } catch (error) {
    if (error instanceof DataError || error instanceof ConfigError) return undefined;
    throw error;
  }
}

/** The feature columns in the model's order. */
function ordered({ features, featureNames }: MultiTaskData, names: readonly string[]): MultiTaskData["features"] {
  const from = names.map((name) => featureNames.indexOf(name));
  const { rows, cols, data } = features;
  const x = new Float32Array(rows * cols);
  from.forEach((k, j) => {
    for (let i = 0; i < rows; i++) x[i * cols + j] = data[i * cols + k] as number;
  });
  return { rows, cols, data: x };
}

async function reportFor(ids: readonly number[]): Promise<Report> {
  const reported: ReportedRun[] = [];
  for (const id of ids) reported.push(await reportedRun(run(id), reported.length === 0));
  return reportOf(reported as [ReportedRun, ...ReportedRun[]]);
}

async function reportedRun({ name, model, steps, rows }: HeldRun, withRows: boolean): Promise<ReportedRun> {
  const latents = rows?.latents ?? matrix(0, model.mtlcm.explained.length);
  if (!withRows || rows === undefined || model.mtrn === null) return { name, model, latents, steps };
  await prepareCompute();
  const at = Int32Array.from(evenly([...Array(rows.data.features.rows).keys()], MOST_ROWS));
  const data = takeRows(rows.data, at);
  const { targets } = data;
  const rowTasks =
    targets.layout === "long" ? Array.from(targets.task, (t) => targets.taskNames[t] as string) : undefined;
  const features = ordered(data, model.featureNames);
  const predictions = await predict(model, features, { method: "heads", level: LEVEL, rowTasks });
  return {
    name,
    model,
    latents,
    steps,
    rows: { data: { ...data, features }, at, predictions, level: LEVEL, method: "heads" },
  };
}

export type DataWorker = typeof dataWorker;
