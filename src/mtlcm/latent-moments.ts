import { type Matrix, matrix, multiplyVector } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";
import { projectMoments } from "./rank-reduction.ts";

/**
 * The moments of the latents z = B (h − mean) from those of h, without going through the rows again.
 *
 *     mean z = B (mean h − mean) ,   cov(z) = B cov(h) B' ,   cov(z, y) = B cov(h, y)
 *
 * @param moments of h, width d.
 * @param latents B, r × d, and the mean of h that is subtracted, d.
 * @returns moments of width r: their `meanH`, `covH` and `covHY` are those of z.
 * @throws ShapeError when B and the moments differ in width.
 */
export function latentMoments(
  moments: Moments,
  { unmixing, mean }: { readonly unmixing: Matrix; readonly mean: Float64Array },
): Moments {
  const projected = projectMoments(moments, unmixing);
  const { meanH, pooled } = projected;
  const shift = multiplyVector(unmixing, mean);
  const shifted = meanH.data.map((value, at) => value - shift[at % unmixing.rows]);
  return {
    ...projected,
    meanH: matrix(meanH.rows, meanH.cols, shifted),
    pooled: { ...pooled, mean: pooled.mean.map((value, j) => value - shift[j]) },
  };
}
