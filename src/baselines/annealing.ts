import { add, mul, sub } from "../graph/elementwise.ts";
import { slice } from "../graph/indexing.ts";
import { logSumExp, sum } from "../graph/reductions.ts";
import { expandDims, reshape } from "../graph/shaping.ts";
import type { Tensor } from "../graph/tensor.ts";
import { gaussianLogDensities } from "./gaussian.ts";
import type { Encoding } from "./ivae-network.ts";

/** Share of the updates after which the terms have their plain weights: 1/1.6, as in the released code. */
const ANNEALED = 1 / 1.6;

/**
 * The weights a, b, c, d of the four terms of `annealedElbo` at update number `step` of `steps`: reconstruction and independence
 * first, then the plain bound (the schedule of the code of Khemakhem et al. 2020, a₀ = ½/decoderVariance).
 */
export function annealingWeights(
  step: number,
  steps: number,
  decoderVariance: number,
): [number, number, number, number] {
  const end = Math.floor(steps * ANNEALED);
  if (step > end) return [1, 1, 1, 1];
  const [first, done] = [0.5 / decoderVariance, step / end];
  return [
    Math.min(2 * first, first + first * done),
    Math.max(1, first * 0.3 * (1 - done)),
    Math.min(1, done),
    Math.max(1, first * 0.5 * (1 - done)),
  ];
}

/**
 * a log p(x|z) − b [log q(z|x,u) − log q(z)] − c [log q(z) − Σ_j log q(z_j)] − d [Σ_j log q(z_j) − log p(z|u)], batch: the
 * bound with its Kullback–Leibler term in three parts (Chen et al. 2018), the marginals q(z) and q(z_j) estimated from
 * the batch. With all weights 1 it is the bound itself.
 * @param terms - a, b, c, d as a vector
 * @param rowTotal - rows of the data, N in the marginals' log(batch · N)
 */
export function annealedElbo(encoding: Encoding, logPrior: Tensor, terms: Tensor, rowTotal: number): Tensor {
  const { z, mean, logVariance, logLikelihood, logPosterior } = encoding;
  const [batch] = z.shape;
  const pairs = gaussianLogDensities(expandDims(z, 1), expandDims(mean, 0), expandDims(logVariance, 0));
  const logCount = Math.log(batch * rowTotal);
  const logJoint = sub(logSumExp(sum(pairs, { axes: [2] }), { axes: [1] }), logCount);
  const logMarginals = sum(sub(logSumExp(pairs, { axes: [1] }), logCount), { axes: [1] });
  const weight = (k: number) => reshape(slice(terms, 0, k, k + 1), []);
  const parts = [
    mul(logLikelihood, weight(0)),
    mul(sub(logJoint, logPosterior), weight(1)),
    mul(sub(logMarginals, logJoint), weight(2)),
    mul(sub(logPrior, logMarginals), weight(3)),
  ];
  return parts.reduce((total, part) => add(total, part));
}
