import type { RowSplit } from "../data/split-rows.ts";
import type { Matrix } from "../linalg/matrix.ts";
import type { Targets } from "../stats/targets.ts";
import type { Heads } from "./heads.ts";

/**
 * The variance of every task's target around its head, as new rows would show it.
 *
 *     σ_t² = (mean squared residual of task t over all rows) · ρ
 *
 * ρ is the held-out mean squared residual over that of all rows, in units of each task's own and averaged over all
 * observed targets: a task's share of the held-out rows is too small to judge by itself. ρ = 1 when none were held out.
 *
 * @param features f of every row, rows × F.
 * @returns T numbers in squared units of the targets.
 */
export function headVariances(heads: Heads, features: Matrix, targets: Targets, split: RowSplit): Float64Array {
  const tasks = targets.taskNames.length;
  const F = features.cols;
  const sums = new Float64Array(tasks);
  const counts = new Float64Array(tasks);
  const visit = (row: number, use: (task: number, square: number) => void) => {
    const residual = (t: number, y: number) => {
      let product = 0;
      for (let k = 0; k < F; k++) product += heads.slopes.data[t * F + k] * features.data[row * F + k];
      return y - heads.intercepts[t] - product;
    };
    if (targets.layout === "long") {
      const t = targets.task[row];
      use(t, residual(t, targets.values[row]) ** 2);
      return;
    }
    for (let t = 0; t < tasks; t++) {
      const y = targets.values.data[row * tasks + t];
      if (!Number.isNaN(y)) use(t, residual(t, y) ** 2);
    }
  };
  for (let row = 0; row < features.rows; row++) {
    visit(row, (t, square) => {
      sums[t] += square;
      counts[t]++;
    });
  }
  const variance = sums.map((sum, t) => sum / counts[t]);

  let [ratios, observed] = [0, 0];
  for (const row of split.heldOut) {
    visit(row, (t, square) => {
      ratios += square / variance[t];
      observed++;
    });
  }
  const inflation = observed === 0 ? 1 : ratios / observed;
  return variance.map((value) => value * inflation);
}
