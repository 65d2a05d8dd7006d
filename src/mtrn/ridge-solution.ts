import { add, div, mul, sub } from "../graph/elementwise.ts";
import { slice } from "../graph/indexing.ts";
import { matmul } from "../graph/matmul.ts";
import { constant, type Tensor } from "../graph/tensor.ts";

/**
 * The heads of several tasks as a graph: the solutions w of (S_ff + a I) w = s_fy, by Gauss–Jordan elimination. Without
 * exchanging rows, which positive definite matrices do not need. Nine operations a feature, for all tasks at once.
 *
 * Step k takes pivot row k, r = row/pivot, and what is in column k off every row: M ← M − (c − e_k) r, which makes row k r itself, and
 * drops column k. After F steps what is left of [S_ff + a I, s_fy] is w.
 *
 * @param S - m × (F + 1) × (F + 1), of f and y
 * @param added - a, m × 1 × 1
 * @returns m × F × 1; infinite or NaN where the matrix is singular
 */
export function ridgeSolution(S: Tensor, added: Tensor): Tensor {
  const F = S.shape[1] - 1;
  const diagonal = Array.from({ length: F * (F + 1) }, (_, at) => (at % (F + 2) === 0 ? 1 : 0));
  let M = add(slice(S, 1, 0, F), mul(added, constant(diagonal, [F, F + 1], S.dtype)));
  for (let k = 0; k < F; k++) {
    const columns = F + 1 - k;
    const row = slice(M, 1, k, k + 1);
    const scaled = div(slice(row, 2, 1, columns), slice(row, 2, 0, 1));
    const unit = Array.from({ length: F }, (_, i) => (i === k ? 1 : 0));
    const taken = sub(slice(M, 2, 0, 1), constant(unit, [F, 1], S.dtype));
    M = sub(slice(M, 2, 1, columns), matmul(taken, scaled));
  }
  return M;
}
