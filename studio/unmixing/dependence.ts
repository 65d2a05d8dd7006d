import { type Matrix, matrix } from "../../src/linalg/matrix.ts";
import { congruence } from "../../src/mtlcm/congruence.ts";
import type { SolverStep } from "../../src/mtlcm/mtlcm.ts";
import { residualCovariances } from "../../src/mtlcm/residual-covariance.ts";
import { momentsOf } from "../../src/stats/moments.ts";
import type { Targets } from "../../src/stats/targets.ts";

/** One iterate of stage 2 while it runs: how the latents of that moment still depend on each other. */
export interface LiveFrame {
  /** Which start, from 0. */
  readonly start: number;
  readonly iteration: number;
  /** Correlation of latents i and j given the target, root mean square over tasks, d × d row-major; 1 on the diagonal. */
  readonly dependence: Float32Array;
  /** Root mean square off the diagonal: what joint diagonalisation makes small. */
  readonly left: number;
}

/**
 * How latents B h depend on each other given the target: what stage 2 makes diagonal, known while it runs and without any truth.
 *
 *     √ Σ_t π_t corr(z_i, z_j | y, t)²        from B R_t B', at O(T d³) an iterate
 *
 * @param representation h, rows × d.  @param targets of the same rows.
 */
export function dependenceOf(representation: Matrix, targets: Targets): (unmixing: Matrix) => Matrix {
  const { weights, matrices } = residualCovariances(momentsOf(representation, targets));
  return (unmixing) => {
    const d = unmixing.rows;
    const { data } = congruence(matrices, unmixing);
    const squares = new Float64Array(d * d);
    weights.forEach((weight, t) => {
      const at = (i: number, j: number) => data[(t * d + i) * d + j] as number;
      for (let i = 0; i < d; i++) {
        for (let j = 0; j < d; j++) {
          const share = (weight * at(i, j) ** 2) / (at(i, i) * at(j, j));
          squares[i * d + j] = (squares[i * d + j] as number) + share;
        }
      }
    });
    return matrix(d, d, squares.map(Math.sqrt));
  };
}

/** An iterate as it is drawn. */
export function liveFrame(
  { start, iteration, unmixing }: SolverStep,
  dependence: (unmixing: Matrix) => Matrix,
): LiveFrame {
  const { rows: d, data } = dependence(unmixing);
  const squares = data.reduce((sum, value, at) => sum + (at % (d + 1) === 0 ? 0 : value ** 2), 0);
  return { start, iteration, dependence: Float32Array.from(data), left: Math.sqrt(squares / Math.max(1, d * (d - 1))) };
}
