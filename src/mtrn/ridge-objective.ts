import { cast, stopGradient } from "../graph/comparison.ts";
import { add, mul, square } from "../graph/elementwise.ts";
import { concat, slice } from "../graph/indexing.ts";
import { matmul } from "../graph/matmul.ts";
import { sum } from "../graph/reductions.ts";
import { full } from "../graph/shaping.ts";
import { constant, type Tensor } from "../graph/tensor.ts";
import { log } from "../graph/unary.ts";
import { ridgeSolution } from "./ridge-solution.ts";

/**
 * The negative log-likelihood of the multi-task regression network as a function of the encoder alone: every task's head is
 * the best one for the features of its rows in the batch (variable projection, Golub and Pereyra 1973), and so is its noise
 * variance s_t² = 2 φ_t. Method: section 2, which has a variance for every task.
 *
 *     J = Σ_t (n_t / Σ n) ½ log 2φ(S_t) ,    2φ = v'S v + λ (tr S_ff / F) |w|² ,   v = (w, −1)
 *
 * with φ as in `ridgeHead`, half a mean squared error. As a graph, in double precision whatever the moments come in. The slopes hold
 * the heads fixed, because φ is at its minimum over them (envelope theorem).
 *
 * @param moments - as of `taskMoments`, m × (F + 1) × (F + 2)
 * @param share - n_t / Σ n, m
 * @returns a scalar of the moments' type
 */
export function ridgeObjective(moments: Tensor, share: Tensor, penalty: number): Tensor {
  const [tasks, width] = moments.shape;
  const F = width - 1;
  const S = cast(slice(moments, 2, 0, width), "float64");
  const diagonal = Array.from({ length: width * width }, (_, at) => (at % (width + 1) === 0 && at < F * width ? 1 : 0));
  const trace = sum(mul(S, constant(diagonal, [width, width], "float64")), { axes: [1, 2], keepDims: true });
  const added = mul(trace, penalty / F);
  const w = stopGradient(ridgeSolution(S, added));
  const v = concat([w, full(-1, [tasks, 1, 1], "float64")], 1);
  const left = sum(mul(v, matmul(S, v)), { axes: [1, 2], keepDims: true });
  const twice = add(left, mul(added, sum(square(w), { axes: [1, 2], keepDims: true })));
  const logs = sum(mul(log(twice), 0.5), { axes: [1, 2] });
  return cast(sum(mul(logs, cast(share, "float64"))), moments.dtype);
}
