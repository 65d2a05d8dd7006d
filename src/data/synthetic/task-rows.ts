import { matrix, rowView } from "../../linalg/matrix.ts";
import type { Random } from "../../stats/random.ts";
import type { CausalModelOptions } from "./latent-causal-model.ts";
import { noiseSampler } from "./noise.ts";

/** The options that concern the rows of a task once its structure is given. */
export type RowSettings = Required<Pick<CausalModelOptions, "rowsPerTask" | "sigmaS" | "noise" | "confounding">>;

/** What is fixed for a task: c, w, γ and σ_t, and the sign with which the hidden common cause enters each effect. */
export interface TaskStructure {
  readonly causal: Float64Array;
  readonly weights: Float64Array;
  readonly gamma: Float64Array;
  readonly confounderSign: Float64Array;
  readonly sigma: number;
}

/** The rows of one task: latents n × d, not standardised, and n targets. */
export function sampleTaskRows(structure: TaskStructure, settings: RowSettings, random: Random) {
  const latents = matrix(settings.rowsPerTask, structure.causal.length);
  const noise = noiseSampler(settings.noise, random);
  const targets = new Float64Array(latents.rows);
  for (let i = 0; i < latents.rows; i++)
    targets[i] = sampleLatentsInto(structure, settings, noise, rowView(latents, i));
  return { latents, targets };
}

/** Writes the latents of one row to `z` and returns its target y. */
function sampleLatentsInto(
  { causal, weights, gamma, confounderSign, sigma }: TaskStructure,
  { sigmaS, confounding }: RowSettings,
  noise: () => number,
  z: Float64Array,
): number {
  let y = sigma * noise();
  for (let j = 0; j < z.length; j++) {
    if (!causal[j]) continue;
    z[j] = noise();
    y += weights[j] * z[j];
  }
  const shared = confounding > 0 ? Math.sqrt(confounding) * noise() : 0;
  for (let j = 0; j < z.length; j++) {
    if (causal[j]) continue;
    z[j] = gamma[j] * y + sigmaS * (Math.sqrt(1 - confounding) * noise() + confounderSign[j] * shared);
  }
  return y;
}
