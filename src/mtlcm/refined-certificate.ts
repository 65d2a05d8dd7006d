import type { BeforeRefinement, Certificate } from "./certificate.ts";
import { latentVerdicts, overallVerdict } from "./verdict.ts";

/**
 * The certificate of latents whose encoder was trained for the causal model itself (`refine`).
 *
 * Such training makes the latents independent given the target on any rows, right or wrong, so that their fit ratio is no
 * test of the model, and a correlation predicted from the model would count errors of the encoder as none. Whether the model
 * holds is therefore left open, no correlation is predicted, and what was found before refinement is kept beside.
 *
 * @param refined Of the refined latents, as `certify` has it.
 * @param before Of the latents of stage 1.
 */
export function refinedCertificate(refined: Certificate, before: Certificate): Certificate {
  const latents = refined.latents.map((latent) => ({ ...latent, predictedCorrelation: null }));
  const open = { ...refined, modelHolds: null, predictedMcc: null, latents, beforeRefinement: foundIn(before) };
  const sentences = latentVerdicts(open);
  return {
    ...open,
    latents: latents.map((latent, j) => ({ ...latent, verdict: sentences[j] })),
    verdict: overallVerdict(open),
  };
}

/**
 * Whether refinement has spoilt what the model says: it holds for the latents of stage 1, and not for the refined ones. Their likelihood given the target may be higher
 * all the same, where stage 1 had found the latents nearly exactly.
 */
export function isSpoilt(refined: Pick<Certificate, "modelHolds">, before: Pick<Certificate, "modelHolds">): boolean {
  return before.modelHolds === true && refined.modelHolds === false;
}

function foundIn(certificate: Certificate): BeforeRefinement {
  const { fitRatio, residualCorrelation, modelHolds, predictedMcc, splitHalfMcc, verdict } = certificate;
  return { fitRatio, residualCorrelation, modelHolds, predictedMcc, splitHalfMcc, verdict };
}
