import type { Bootstrap } from "./bootstrap-summary.ts";
import type { Certificate } from "./certificate.ts";
import { latentVerdicts } from "./verdict.ts";

/** The certificate with a bootstrap's intervals in the sentences on the latents; one that is wide makes a latent weak. */
export function withIntervals(certificate: Certificate, bootstrap: Bootstrap): Certificate {
  const intervals = bootstrap.latents.map(({ correlation, stability }) => correlation ?? stability);
  const sentences = latentVerdicts(certificate, intervals);
  return {
    ...certificate,
    latents: certificate.latents.map((latent, j) => ({ ...latent, verdict: sentences[j] })),
  };
}
