import { add, mul, square } from "../graph/elementwise.ts";
import { gradient } from "../graph/gradient.ts";
import { sum } from "../graph/reductions.ts";
import { broadcastTo, expandDims, reshape } from "../graph/shaping.ts";
import { constant, type Tensor } from "../graph/tensor.ts";

/**
 * A log density of rows z, up to constants in z. It may be asked for several copies of the batch one after the other:
 * `perRow` gives whatever else belongs to the rows as many copies.
 */
export type LogDensity = (z: Tensor, perRow: (values: Tensor) => Tensor) => Tensor;

/** Derivatives of a log density at z and the score-matching loss, row by row. */
export interface ScoreMatching {
  /** ∂ log p/∂z, batch × d. */
  readonly score: Tensor;
  /** ∂² log p/∂z_j², batch × d. */
  readonly hessianDiagonal: Tensor;
  /** Σ_j [ ∂²_j log p + ½ (∂_j log p)² ], batch: least, on average, for the density of the rows (Hyvärinen 2005). */
  readonly loss: Tensor;
}

/**
 * Score matching of rows z, with the true diagonal of the Hessian: `gradient` applied twice. The second time all d columns
 * at once, on d copies of the batch, copy j differentiated along direction j.
 * @param z - batch × d; what is differentiated is the density, so gradients of the loss flow through z too unless it is detached
 */
export function scoreMatching(logDensity: LogDensity, z: Tensor): ScoreMatching {
  const [batch, d] = z.shape;
  const [score] = gradient(sum(logDensity(z, (values) => values)), [z]);
  const copies = (values: Tensor) => {
    const [, ...rest] = values.shape;
    return reshape(broadcastTo(expandDims(values, 0), [d, batch, ...rest]), [d * batch, ...rest]);
  };
  const many = copies(z);
  const [scores] = gradient(sum(logDensity(many, copies)), [many]);
  const direction = Float64Array.from({ length: d * batch * d }, (_, at) =>
    Number(Math.floor(at / (batch * d)) === at % d),
  );
  const along = constant(direction, [d * batch, d], z.dtype);
  const [curvatures] = gradient(sum(mul(scores, along)), [many]);
  const hessianDiagonal = sum(reshape(mul(curvatures, along), [d, batch, d]), { axes: [0] });
  return { score, hessianDiagonal, loss: sum(add(hessianDiagonal, mul(square(score), 0.5)), { axes: [1] }) };
}
