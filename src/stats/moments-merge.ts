import { ShapeError } from "../errors.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import type { Moments } from "./moments.ts";
import { addOuter, combinePooled } from "./moments-pooled.ts";

/**
 * The moments of the union of disjoint sets of rows; a part named twice counts twice, as a bootstrap wants.
 *
 *     n = Σ n_p ,   μ = Σ n_p μ_p / n ,   C = Σ n_p [ C_p + (μ_p − μ)(μ_p − μ)' ] / n
 *
 * Chan, Golub & LeVeque 1983, for any number of parts at once: differences of means are squared, never sums of squares
 * subtracted.
 *
 * @param parts Moments of the same tasks and the same width; a task may be missing from some of them.
 * @throws ShapeError when there are no parts, or when they differ in width or tasks.
 */
export function mergeMoments(parts: readonly Moments[]): Moments {
  const first = parts[0];
  if (first === undefined) throw new ShapeError("mergeMoments: at least one part is needed");
  const { dim: d, taskNames } = first;
  const tasks = taskNames.length;
  for (const part of parts) {
    if (part.dim !== d || part.taskNames.length !== tasks) {
      throw new ShapeError(`mergeMoments: ${d} × ${tasks} tasks and ${part.dim} × ${part.taskNames.length} tasks`);
    }
  }

  const count = new Float64Array(tasks);
  const meanH = matrix(tasks, d);
  const meanY = new Float64Array(tasks);
  const covH = matrix(tasks, d * d);
  const covHY = matrix(tasks, d);
  const varY = new Float64Array(tasks);
  const shift = new Float64Array(d);
  for (let t = 0; t < tasks; t++) {
    for (const part of parts) count[t] += part.count[t];
    if (count[t] === 0) continue;
    for (const part of parts) {
      const share = part.count[t] / count[t];
      meanY[t] += share * part.meanY[t];
      addScaledRow(meanH, share, part.meanH, t);
    }
    for (const part of parts) {
      const share = part.count[t] / count[t];
      if (share === 0) continue;
      const shiftY = part.meanY[t] - meanY[t];
      for (let j = 0; j < d; j++) shift[j] = part.meanH.data[t * d + j] - meanH.data[t * d + j];
      varY[t] += share * (part.varY[t] + shiftY * shiftY);
      addScaledRow(covHY, share, part.covHY, t);
      addScaledRow(covH, share, part.covH, t);
      for (let j = 0; j < d; j++) covHY.data[t * d + j] += share * shift[j] * shiftY;
      addOuter(covH.data, t * d * d, share, shift);
    }
  }
  return {
    dim: d,
    taskNames,
    count,
    meanH,
    meanY,
    covH,
    covHY,
    varY,
    pooled: combinePooled(parts.map(({ pooled }) => pooled)),
  };
}

function addScaledRow(to: Matrix, factor: number, from: Matrix, row: number): void {
  for (let k = row * to.cols; k < (row + 1) * to.cols; k++) to.data[k] += factor * from.data[k];
}
