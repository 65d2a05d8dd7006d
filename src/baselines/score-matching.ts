import { add, mul, square } from "../graph/elementwise.ts";
import { gradient } from "../graph/gradient.ts";
import { concat } from "../graph/indexing.ts";
import { matmul } from "../graph/matmul.ts";
import { sum } from "../graph/reductions.ts";
import type { Tensor } from "../graph/tensor.ts";
import type { WeightTensors } from "../nn/parameters.ts";
import { activations } from "./activation.ts";
import { applyFirstLayer } from "./conditional-mlp.ts";
import { type NfCoefficients, type NfPriorArchitecture, nfStatistics } from "./nf-prior.ts";

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
 * Score matching of the prior of NF-iVAE at rows z, with the true diagonal of the Hessian. T has two layers, W₂ s(W₁ z + b), so with
 * v = W₂' λ the network term has the score W₁' (v ∘ s′) and the diagonal (W₁∘W₁)' (v ∘ s″): as many products as one evaluation, where
 * differentiating a network twice costs d of them. s′ and s″ are `gradient` applied twice.
 * @param z - batch × d; gradients of the loss flow through it too unless it is detached
 */
export function scoreMatching(
  architecture: NfPriorArchitecture,
  weights: WeightTensors,
  { natural, network }: NfCoefficients,
  z: Tensor,
): ScoreMatching {
  const { linear, quadratic } = natural;
  let score = add(linear, mul(mul(quadratic, z), 2));
  let hessianDiagonal = mul(quadratic, 2);
  if (network !== null) {
    const mlp = nfStatistics(architecture);
    const [first, second] = [0, 1].map((layer) => weights[`${mlp.name}.${layer}.weight`]);
    const before = applyFirstLayer(mlp, weights, { numbers: [z], task: null });
    const [slope] = gradient(sum(activations[mlp.activation](before)), [before]);
    const [curvature] = gradient(sum(slope), [before]);
    const v = matmul(network, second);
    score = add(score, matmul(mul(v, slope), first));
    hessianDiagonal = add(hessianDiagonal, matmul(mul(v, curvature), square(first)));
  }
  const terms = concat([hessianDiagonal, mul(square(score), 0.5)], 1);
  return { score, hessianDiagonal, loss: sum(terms, { axes: [1] }) };
}
