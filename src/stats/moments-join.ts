import { ShapeError } from "../errors.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import type { Moments } from "./moments.ts";

/**
 * The moments of the tasks of `known` followed by those of `added`; what is pooled over all rows stays that of `known`.
 *
 * @throws ShapeError when they differ in width.
 */
export function joinTasks(known: Moments, added: Moments): Moments {
  if (known.dim !== added.dim) throw new ShapeError(`joinTasks: moments of ${known.dim} and of ${added.dim} latents`);
  return {
    ...known,
    taskNames: [...known.taskNames, ...added.taskNames],
    count: joinNumbers(known.count, added.count),
    meanH: joinRows(known.meanH, added.meanH),
    meanY: joinNumbers(known.meanY, added.meanY),
    covH: joinRows(known.covH, added.covH),
    covHY: joinRows(known.covHY, added.covHY),
    varY: joinNumbers(known.varY, added.varY),
  };
}

/** The rows of a, then those of b. Throws ShapeError when they differ in columns. */
export function joinRows(a: Matrix, b: Matrix): Matrix {
  if (a.cols !== b.cols) throw new ShapeError(`joinRows: rows of ${a.cols} and of ${b.cols} numbers`);
  return matrix(a.rows + b.rows, a.cols, joinNumbers(a.data, b.data));
}

/** The numbers of a, then those of b. */
export function joinNumbers(a: Float64Array, b: ArrayLike<number>): Float64Array {
  const result = new Float64Array(a.length + b.length);
  result.set(a);
  result.set(b, a.length);
  return result;
}
