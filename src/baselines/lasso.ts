import type { Matrix } from "../linalg/matrix.ts";

const MAX_SWEEPS = 1000;

/**
 * Changes v to the minimum of −v's + ½ v'Sv + Σ_j λ_j |v_j| (the lasso, from moments) by cyclic coordinate descent from where v is
 * (Friedman, Hastie and Tibshirani 2010).
 * @param gram - S, d × d, positive semidefinite; a coordinate without variance becomes 0
 * @param moment - s, d
 * @param penalties - λ_j ≥ 0, d
 * @param tolerance - the largest change of a coordinate in the last sweep
 */
export function lassoInto(
  gram: Matrix,
  moment: Float64Array,
  penalties: Float64Array,
  tolerance: number,
  v: Float64Array,
): void {
  const d = v.length;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let largest = 0;
    for (let j = 0; j < d; j++) {
      const scale = gram.data[j * d + j];
      let rest = moment[j];
      for (let k = 0; k < d; k++) if (k !== j) rest -= gram.data[j * d + k] * v[k];
      const next = scale > 0 ? (Math.sign(rest) * Math.max(0, Math.abs(rest) - penalties[j])) / scale : 0;
      largest = Math.max(largest, Math.abs(next - v[j]));
      v[j] = next;
    }
    if (largest < tolerance) return;
  }
}
