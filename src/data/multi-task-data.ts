import { DataError, ShapeError } from "../errors.ts";
import type { LongTargets, Targets, WideTargets } from "../stats/targets.ts";
import { rowCount, takeTargets } from "../stats/targets.ts";

/** What the encoder reads: x, rows × cols, row-major, in the precision of the networks. */
export interface FeatureTable {
  readonly rows: number;
  readonly cols: number;
  readonly data: Float32Array;
}

/** A multi-task regression problem in memory: features x and, for every task, the targets observed for it. */
export interface MultiTaskData {
  readonly features: FeatureTable;
  /** One name a column of `features`, all different. */
  readonly featureNames: readonly string[];
  readonly targets: Targets;
  /** One name a row, where rows have names (a formula, an identifier). */
  readonly rowNames?: readonly string[];
}

/** Fewest observed targets with which a task can be used: a line through two points leaves no residual. */
export const MIN_OBSERVED = 3;

/**
 * The multi-task data set made of `fields`, checked once so that nothing downstream has to (method: sections 1 and 3.5).
 *
 * Missing targets are NaN, in the wide layout only: a long row without a target says nothing and must be left out.
 *
 * @param fields features (rows × p), p feature names, targets for the same rows, optionally a name for each row.
 * @returns the fields themselves, not copied.
 * @throws ShapeError when names, features and targets differ in length, or a task index names no task.
 * @throws DataError for a feature that is NaN or infinite (row and column named), an infinite target, a long target
 *   that is NaN, a name that occurs twice, and a task that is constant or has fewer than `MIN_OBSERVED` targets.
 */
export function multiTaskData(fields: MultiTaskData): MultiTaskData {
  checkLengths(fields);
  checkDistinct(fields.featureNames, "feature");
  checkFeatures(fields);
  checkTargets(fields.targets);
  return fields;
}

/** Checks targets as `multiTaskData` does, and throws what it throws. */
export function checkTargets(targets: Targets): void {
  checkDistinct(targets.taskNames, "task");
  if (targets.layout === "long") checkLong(targets);
  else checkWide(targets);
  checkTasks(targets);
}

/** The rows named by `rows`, in that order. Tasks keep their indices, so a task may be left without rows: not checked. */
export function takeRows(data: MultiTaskData, rows: ArrayLike<number>): MultiTaskData {
  const { cols, data: from } = data.features;
  const to = new Float32Array(rows.length * cols);
  for (let i = 0; i < rows.length; i++) to.set(from.subarray(rows[i] * cols, (rows[i] + 1) * cols), i * cols);
  const { rowNames } = data;
  return {
    ...data,
    features: { rows: rows.length, cols, data: to },
    targets: takeTargets(data.targets, rows),
    ...(rowNames && { rowNames: Array.from(rows, (row) => rowNames[row]) }),
  };
}

function checkLengths({ features, featureNames, targets, rowNames }: MultiTaskData): void {
  const { rows, cols, data } = features;
  if (data.length !== rows * cols) {
    throw new ShapeError(
      `multiTaskData: features of ${rows} × ${cols} need ${rows * cols} numbers, got ${data.length}`,
    );
  }
  if (featureNames.length !== cols) {
    throw new ShapeError(`multiTaskData: ${cols} feature columns, but ${featureNames.length} feature names`);
  }
  if (rowCount(targets) !== rows) {
    throw new ShapeError(`multiTaskData: ${rows} rows of features, but targets for ${rowCount(targets)}`);
  }
  if (rowNames && rowNames.length !== rows) {
    throw new ShapeError(`multiTaskData: ${rows} rows, but ${rowNames.length} row names`);
  }
}

function checkDistinct(names: readonly string[], kind: "feature" | "task"): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) throw new DataError(`two ${kind}s have this name; names must differ`, { column: name });
    seen.add(name);
  }
}

function checkFeatures({ features, featureNames }: MultiTaskData): void {
  const { cols, data } = features;
  const at = data.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  throw new DataError(`a feature must be a finite number (in single precision), got ${data[at]}`, {
    row: Math.floor(at / cols) + 1,
    column: featureNames[at % cols],
  });
}

function checkLong({ values, task, taskNames }: LongTargets): void {
  if (task.length !== values.length) {
    throw new ShapeError(`multiTaskData: ${values.length} targets, but ${task.length} task indices`);
  }
  for (let i = 0; i < values.length; i++) {
    if (!(task[i] >= 0 && task[i] < taskNames.length)) {
      throw new ShapeError(`multiTaskData: row ${i + 1} belongs to task ${task[i]} of ${taskNames.length}`);
    }
    if (!Number.isFinite(values[i])) {
      throw new DataError(`a target must be a finite number, got ${values[i]}; leave the row out if it is missing`, {
        row: i + 1,
        column: taskNames[task[i]],
      });
    }
  }
}

function checkWide({ values, taskNames }: WideTargets): void {
  const { cols, data } = values;
  if (cols !== taskNames.length) {
    throw new ShapeError(`multiTaskData: ${cols} target columns, but ${taskNames.length} task names`);
  }
  const at = data.findIndex((value) => Math.abs(value) === Infinity);
  if (at < 0) return;
  throw new DataError(`a target must be a finite number, or NaN where it is missing, got ${data[at]}`, {
    row: Math.floor(at / cols) + 1,
    column: taskNames[at % cols],
  });
}

function checkTasks(targets: Targets): void {
  const { taskNames } = targets;
  const count = new Int32Array(taskNames.length);
  const low = new Float64Array(taskNames.length).fill(Infinity);
  const high = new Float64Array(taskNames.length).fill(-Infinity);
  const y = targets.layout === "long" ? targets.values : targets.values.data;
  for (let i = 0; i < y.length; i++) {
    const t = targets.layout === "long" ? targets.task[i] : i % taskNames.length;
    if (Number.isNaN(y[i])) continue;
    count[t]++;
    low[t] = Math.min(low[t], y[i]);
    high[t] = Math.max(high[t], y[i]);
  }
  taskNames.forEach((column, t) => {
    if (count[t] === 0) throw new DataError("this task has no observed target; leave it out", { column });
    if (count[t] < MIN_OBSERVED) {
      throw new DataError(`this task has ${count[t]} observed targets; at least ${MIN_OBSERVED} are needed`, {
        column,
      });
    }
    if (low[t] === high[t]) {
      throw new DataError(`the target is ${low[t]} in every row; a constant says nothing about latents`, { column });
    }
  });
}
