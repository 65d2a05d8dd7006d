import type { Certificate, LatentCertificate } from "./certificate.ts";

/** What the floor of a latent's correlation depends on. */
export type Assured = Pick<LatentCertificate, "predictedCorrelation" | "hiddenNoise">;

/**
 * The correlation with the truth that a latent keeps if noise in h that does not show is as large as it can be.
 *
 *     r √(1 − hidden)
 *
 * r is the predicted correlation, which is that with the latent as h carries it; independent noise of that share of its variance lies between
 * the two.
 *
 * @returns null where no correlation is predicted.
 */
export function correlationFloor({ predictedCorrelation, hiddenNoise = 0 }: Assured): number | null {
  return predictedCorrelation === null ? null : predictedCorrelation * Math.sqrt(1 - hiddenNoise);
}

/** The mean of the latents' floors: what a predicted MCC vouches for. null where none is predicted. */
export function mccFloor({
  predictedMcc,
  latents,
}: Pick<Certificate, "predictedMcc"> & { readonly latents: readonly Assured[] }): number | null {
  if (predictedMcc === null) return null;
  return latents.reduce((sum, latent) => sum + (correlationFloor(latent) ?? 0), 0) / latents.length;
}
