import { DataError, ShapeError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import type { Moments } from "./moments.ts";
import { longMoments } from "./moments-long.ts";
import { wideMoments } from "./moments-wide.ts";
import { rowCount, type Targets } from "./targets.ts";

/** A task needs this many rows: its residual covariance given y takes two degrees of freedom away. */
const MIN_ROWS = 3;
/** A spread below this share of the mean is what rounding makes of a constant. */
const CONSTANT = 1e-10;

/** The moments of some rows of inputs that `checkInputs` let pass; a task may have few of these rows, or none. */
export function accumulate(h: Matrix, targets: Targets, rows: ArrayLike<number>, rowWeights?: Float64Array): Moments {
  return targets.layout === "long"
    ? longMoments(h, targets, rows, rowWeights)
    : wideMoments(h, targets, rows, rowWeights);
}

/**
 * Throws ShapeError when h, the targets or the weights differ in rows, DataError (with its place) when h is not finite or
 * a weight is not a number of at least 0.
 */
export function checkInputs(h: Matrix, targets: Targets, rowWeights?: Float64Array): void {
  if (rowCount(targets) !== h.rows) {
    throw new ShapeError(`momentsOf: h has ${h.rows} rows, the targets ${rowCount(targets)}`);
  }
  if (rowWeights !== undefined && rowWeights.length !== h.rows) {
    throw new ShapeError(`momentsOf: h has ${h.rows} rows, and there are ${rowWeights.length} weights`);
  }
  const wrong = rowWeights?.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY)) ?? -1;
  if (wrong >= 0) {
    throw new DataError(`the weight is ${rowWeights?.[wrong]}; it must be a number of at least 0`, { row: wrong + 1 });
  }
  const bad = firstNotFinite(h.data);
  if (bad < 0) return;
  throw new DataError(`the representation is ${h.data[bad]}; every entry must be a finite number`, {
    row: Math.floor(bad / h.cols) + 1,
    column: String(bad % h.cols),
  });
}

function firstNotFinite(x: Float64Array): number {
  let zero = 0;
  for (let k = 0; k < x.length; k++) zero += x[k] * 0; // NaN for what is not finite
  if (zero === 0) return -1;
  for (let k = 0; k < x.length; k++) if (!Number.isFinite(x[k])) return k;
  return -1;
}

/** Throws DataError, naming the task, unless every task has 3 rows or more and a target that varies. */
export function checkTasks({ taskNames, count, meanY, varY }: Moments): void {
  taskNames.forEach((name, t) => {
    if (count[t] < MIN_ROWS) {
      throw new DataError(`task '${name}' has ${count[t]} rows with a target; at least ${MIN_ROWS} are needed`);
    }
    if (!(varY[t] > (CONSTANT * meanY[t]) ** 2)) {
      throw new DataError(`task '${name}' has a constant target; leave the task out`);
    }
  });
}
