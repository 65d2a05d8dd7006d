import { matrix, rowView } from "../../linalg/matrix.ts";
import type { Random } from "../../stats/random.ts";
import type { CausalModelOptions } from "./causal-options.ts";
import { noiseSampler } from "./noise.ts";

/** The options that concern the rows of a task once its structure is given. */
export type RowSettings = Required<
  Pick<
    CausalModelOptions,
    "rowsPerTask" | "sigmaS" | "noise" | "degreesOfFreedom" | "confounding" | "targetConfounding"
  >
>;

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
  const noise = noiseSampler(settings.noise, random, settings.degreesOfFreedom);
  const targets = new Float64Array(latents.rows);
  for (let i = 0; i < latents.rows; i++)
    targets[i] = sampleLatentsInto(structure, settings, noise, rowView(latents, i));
  return { latents, targets };
}

/** Writes the latents of one row to `z` and returns its target y. */
function sampleLatentsInto(
  { causal, weights, gamma, confounderSign, sigma }: TaskStructure,
  { sigmaS, confounding, targetConfounding }: RowSettings,
  noise: () => number,
  z: Float64Array,
): number {
  let y = sigma * Math.sqrt(1 - targetConfounding) * noise();
  for (let j = 0; j < z.length; j++) {
    if (!causal[j]) continue;
    z[j] = noise();
    y += weights[j] * z[j];
  }
  const shared = confounding > 0 || targetConfounding > 0 ? noise() : 0;
  y += sigma * Math.sqrt(targetConfounding) * shared;
  for (let j = 0; j < z.length; j++) {
    if (causal[j]) continue;
    z[j] =
      gamma[j] * y +
      sigmaS * (Math.sqrt(1 - confounding) * noise() + confounderSign[j] * Math.sqrt(confounding) * shared);
  }
  return y;
}
