import type { Matrix } from "../../linalg/matrix.ts";
import { matrix } from "../../linalg/matrix.ts";
import type { Random } from "../../stats/random.ts";
import { applyScaler, fitScaler } from "../../stats/standardise.ts";
import type { LongTargets } from "../../stats/targets.ts";
import { type CausalModelOptions, causeRange, checkCausalOptions, LINEAR_DEFAULTS } from "./causal-options.ts";
import { sampleTaskRows, type TaskStructure } from "./task-rows.ts";

/** What was drawn: the answer that a fit is scored against. */
export interface CausalTruth {
  /** z, rows × d, as mixed: standardised if the options say so. */
  readonly latents: Matrix;
  /** c, T × d: 1 where the latent causes the target of the task, 0 where it is an effect. */
  readonly causal: Matrix;
  /** γ, T × d, 0 at causes; in the units of z before it was standardised. */
  readonly gamma: Matrix;
  /** w, T × d, 0 at effects; in the units of z before it was standardised. */
  readonly weights: Matrix;
  /** σ_t, one number a task: standard deviation of y given its causes. */
  readonly targetNoise: Float64Array;
}

/**
 * Latents and targets of many tasks over the same latents (Algorithm 1, Chen et al. 2024; method: section 7). Per task:
 *
 *     C: k of d latents, without replacement      z_C ~ N(0, 1)        w ~ N(0, 1)      σ_t ~ U(2, 3)
 *     y = w'z_C + N(0, σ_t²)                      γ ~ U(−1, 1)         z_S = γ y + N(0, σs²)
 *
 * then each latent is standardised within the task. Given y, the effects are independent of each other and of the
 * causes, unless `confounding` is above 0: a hidden u ~ N(0, 1) then has its share of the noise of every effect, and by
 * `targetConfounding` of that of y.
 *
 * @returns rows task by task, `rowsPerTask` each; tasks are named "task1", "task2", ….
 *   More tasks leave the first ones as they were; another noise law leaves c, w, γ and σ_t as they were.
 * @throws ConfigError naming the option that is out of its range.
 */
export function sampleCausalModel(
  options: CausalModelOptions,
  random: Random,
): { targets: LongTargets; truth: CausalTruth } {
  const settings = { ...LINEAR_DEFAULTS, ...options };
  checkCausalOptions(settings);
  const { latentDim: d, tasks, rowsPerTask } = settings;
  const truth: CausalTruth = {
    latents: matrix(tasks * rowsPerTask, d),
    causal: matrix(tasks, d),
    gamma: matrix(tasks, d),
    weights: matrix(tasks, d),
    targetNoise: new Float64Array(tasks),
  };
  const values = new Float64Array(tasks * rowsPerTask);
  for (let t = 0; t < tasks; t++) {
    const structure = sampleStructure(settings, random.split("structure").split(t));
    const { latents, targets } = sampleTaskRows(structure, settings, random.split("rows").split(t));
    const z = settings.standardise ? applyScaler(fitScaler(latents), latents) : latents;
    truth.latents.data.set(z.data, t * rowsPerTask * d);
    truth.causal.data.set(structure.causal, t * d);
    truth.gamma.data.set(structure.gamma, t * d);
    truth.weights.data.set(structure.weights, t * d);
    truth.targetNoise[t] = structure.sigma;
    values.set(targets, t * rowsPerTask);
  }
  const task = Int32Array.from(values, (_, i) => Math.floor(i / rowsPerTask));
  const taskNames = Array.from({ length: tasks }, (_, t) => `task${t + 1}`);
  return { targets: { layout: "long", values, task, taskNames }, truth };
}

function sampleStructure(settings: Required<CausalModelOptions>, random: Random): TaskStructure {
  const { latentDim: d, causeSize, effectSize, targetNoise } = settings;
  const [least, most] = causeRange(settings.causalPerTask);
  const count = least + random.split("causes").integer(most - least + 1);
  const causal = new Float64Array(d);
  for (const j of random.permutation(d).subarray(0, count)) causal[j] = 1;
  return {
    causal,
    weights: causal.map((isCause) => (isCause ? causeSize * random.normal() : 0)),
    gamma: causal.map((isCause) => (isCause ? 0 : random.uniform(-effectSize, effectSize))),
    confounderSign: causal.map(() => (random.integer(2) === 0 ? -1 : 1)),
    sigma: random.uniform(...targetNoise),
  };
}
