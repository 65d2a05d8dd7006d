import { ConfigError } from "../errors.ts";
import { type Matrix, rowView } from "../linalg/matrix.ts";
import type { FittedModel } from "../model/fitted-model.ts";
import { type Predictions, predict, predictFromLatents } from "../model/predict.ts";
import { type NamedColumn, readKnownTasks, suggestion, writeNpy, writeTable } from "../node/index.ts";
import { loadModel } from "./load-model.ts";
import { type ModelRows, openModelRows } from "./model-rows.ts";
import type { PredictFlags } from "./predict.ts";
import { rowColumns } from "./run-results.ts";
import { printResult } from "./summary.ts";

/** Writes predictions for the rows of `tables` to `flags.out`. */
export async function runPredict(path: string, tables: readonly string[], flags: PredictFlags): Promise<void> {
  const model = await loadModel(path);
  const { out, method, causalOnly, level } = flags;
  if (model.mtrn === null && method === "heads") {
    throw new ConfigError(`${path}: fitted by unmix, so it has no heads; leave --method at posterior`);
  }
  if (!(level > 0 && level < 1)) throw new ConfigError(`--level must be above 0 and below 1, got ${level}`);
  const opened = await openModelRows(model, path, tables, flags);
  try {
    const which = await chosenTasks(model, opened, flags);
    const predictions =
      opened.features === null
        ? predictFromLatents(model, await opened.latents(), { ...which, causalOnly, level })
        : await predict(model, opened.features, { ...which, method, causalOnly, level });
    if (out.endsWith(".npy")) await writeNpy(out, predictions.mean);
    else
      await writeTable(out, [
        ...rowColumns(opened.rows, opened.labels),
        ...predictionColumns(predictions, which.rowTasks),
      ]);
    const { rows, cols } = predictions.mean;
    const targets = which.rowTasks ? new Set(which.rowTasks).size : cols;
    const predicted = causalOnly ? [...new Set(which.rowTasks ?? which.tasks ?? model.taskNames)] : [];
    const withoutEffects = predicted.filter((task) => causesOf(model, task).every((p) => p > 0.5));
    const withoutCauses = predicted.filter((task) => causesOf(model, task).every((p) => !(p > 0.5)));
    if (withoutEffects.length > 0 && !flags.quiet) process.stderr.write(`note: ${unprotected(withoutEffects)}\n`);
    if (withoutCauses.length > 0 && !flags.quiet) process.stderr.write(`note: ${unpredicted(withoutCauses)}\n`);
    printResult(flags, { out, rows, targets, method, causalOnly, level, withoutEffects, withoutCauses }, () => [
      `${targets} ${targets === 1 ? "target" : "targets"} of ${rows} rows in ${out}, intervals of ${100 * level} %`,
    ]);
  } finally {
    opened.close();
  }
}

async function chosenTasks(model: FittedModel, { tables, keep }: ModelRows, { targets, task }: PredictFlags) {
  if (targets && task !== undefined)
    throw new ConfigError("give either --targets, for every row, or --task, for each its own");
  if (task !== undefined) {
    if (tables === null) throw new ConfigError("--task names a column, and there is no table beside the rows");
    return { rowTasks: keep(await readKnownTasks(tables, task, model.taskNames)) };
  }
  if (targets) {
    const names = targets.flatMap((text) => splitNames(text, model.taskNames));
    return { tasks: [...new Set(names.map((name) => taskCalled(name, model.taskNames)))] };
  }
  if (model.layout === "long") {
    throw new ConfigError("--task is missing: name the column that says which task a row belongs to (or --targets)");
  }
  return {};
}

/** Names separated by commas, unless the whole text is the name of a task. */
function splitNames(text: string, known: readonly string[]): string[] {
  return known.includes(text) ? [text] : text.split(",").map((name) => name.trim());
}

/** The task of that name, or the only one of that bare name: `critical_temp` for `train.critical_temp`. */
function taskCalled(name: string, known: readonly string[]): string {
  if (known.includes(name)) return name;
  const qualified = known.filter((task) => task.endsWith(`.${name}`));
  if (qualified.length === 1) return qualified[0] as string;
  if (qualified.length > 1)
    throw new ConfigError(`the task '${name}' is one of several: say ${qualified.join(" or ")}`);
  throw new ConfigError(`the model knows no task '${name}'${suggestion(name, known)}`);
}

/** P(cause) of every latent for a task of the model. */
function causesOf({ taskNames, mtlcm }: FittedModel, task: string): Float64Array {
  return rowView(mtlcm.pCause, taskNames.indexOf(task));
}

function predictionColumns(
  { taskNames, mean, lower, upper }: Predictions,
  rowTasks?: readonly string[],
): NamedColumn[] {
  const bounds = (c: number, [name, low, high]: readonly [string, string, string]) => [
    { name, values: columnOf(mean, c) },
    { name: low, values: columnOf(lower, c) },
    { name: high, values: columnOf(upper, c) },
  ];
  if (rowTasks) return [{ name: "task", values: rowTasks }, ...bounds(0, ["prediction", "lower", "upper"])];
  return (taskNames ?? []).flatMap((name, c) => bounds(c, [name, `${name}_lower`, `${name}_upper`]));
}

function columnOf({ rows, cols, data }: Matrix, c: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => data[i * cols + c] as number);
}

function unprotected(tasks: readonly string[]): string {
  return (
    `every latent counts as a cause of ${some(tasks)}: ` +
    "--causal-only leaves nothing out there and protects against no shift"
  );
}

function unpredicted(tasks: readonly string[]): string {
  return `no latent counts as a cause of ${some(tasks)}: --causal-only predicts the mean there`;
}

function some(tasks: readonly string[]): string {
  const SHOWN = 3;
  return tasks.slice(0, SHOWN).join(", ") + (tasks.length > SHOWN ? ` and ${tasks.length - SHOWN} more` : "");
}
