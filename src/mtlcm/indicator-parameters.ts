import { type Matrix, matrix } from "../linalg/matrix.ts";
import type { MarginalParameters } from "./marginal-likelihood.ts";

/** The paper's coordinates: logits of c and the effects γ, both T × d. */
export interface IndicatorParameters {
  readonly logits: Matrix;
  readonly gamma: Matrix;
}

/**
 * Variances and slopes from indicators: c = sigmoid(logit), D = c + σs² (1 − c), m = γ (1 − c) (Eq. 14, Chen et al. 2024).
 *
 * @param sigmaS σs, standard deviation of an effect given y.
 */
export function fromIndicators({ logits, gamma }: IndicatorParameters, sigmaS: number) {
  const variance = matrix(logits.rows, logits.cols);
  const slope = matrix(logits.rows, logits.cols);
  logits.data.forEach((logit, k) => {
    const c = sigmoid(logit);
    variance.data[k] = c + sigmaS ** 2 * (1 - c);
    slope.data[k] = gamma.data[k] * sigmoid(-logit);
  });
  return { variance, slope };
}

/**
 * The gradient in the paper's coordinates from that in D and m, by the chain rule.
 *
 *     ∂logit = c (1 − c) [ (1 − σs²) ∂D − γ ∂m ] ,   ∂γ = (1 − c) ∂m
 */
export function indicatorGradient(
  { logits, gamma }: IndicatorParameters,
  { variance, slope }: Pick<MarginalParameters, "variance" | "slope">,
  sigmaS: number,
): IndicatorParameters {
  const gradient = { logits: matrix(logits.rows, logits.cols), gamma: matrix(logits.rows, logits.cols) };
  logits.data.forEach((logit, k) => {
    const c = sigmoid(logit);
    const e = sigmoid(-logit);
    gradient.logits.data[k] = c * e * ((1 - sigmaS ** 2) * variance.data[k] - gamma.data[k] * slope.data[k]);
    gradient.gamma.data[k] = e * slope.data[k];
  });
  return gradient;
}

/** 1 / (1 + e⁻ˣ); 1 − sigmoid(x) is taken as sigmoid(−x), which keeps its digits when c is close to one. */
function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
