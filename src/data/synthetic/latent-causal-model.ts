import { ConfigError } from "../../errors.ts";
import type { Matrix } from "../../linalg/matrix.ts";
import { matrix } from "../../linalg/matrix.ts";
import type { Random } from "../../stats/random.ts";
import { applyScaler, fitScaler } from "../../stats/standardise.ts";
import type { LongTargets } from "../../stats/targets.ts";
import type { NoiseLaw } from "./noise.ts";
import { sampleTaskRows, type TaskStructure } from "./task-rows.ts";

/** The causal model of latents and target, task by task. The comments give symbols, defaults and ranges. */
export interface CausalModelOptions {
  /** d ≥ 1; 10. */
  readonly latentDim?: number;
  /** k, 0 … d: how many latents cause the target of a task; 2. */
  readonly causalPerTask?: number;
  /** T ≥ 1; 200. */
  readonly tasks?: number;
  /** n_t ≥ 3, the same for every task; 100. */
  readonly rowsPerTask?: number;
  /** σs > 0, standard deviation of an effect given y; 0.1. */
  readonly sigmaS?: number;
  /** Range of σ_t ≥ 0, the standard deviation of y given its causes, uniform over tasks; [2, 3]. */
  readonly targetNoise?: readonly [low: number, high: number];
  /** Law of the causes and of the noise of targets and effects; "gaussian". The others break the fitted model. */
  readonly noise?: NoiseLaw;
  /** |correlation| of any two effects given y, in [0, 1): a hidden common cause with random signs; 0. */
  readonly confounding?: number;
  /** Give every latent mean 0 and variance 1 within every task, as the paper does; true. */
  readonly standardise?: boolean;
}

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

/** Defaults of Chen et al. 2024 for linear mixing. */
export const LINEAR_DEFAULTS = {
  latentDim: 10,
  causalPerTask: 2,
  tasks: 200,
  rowsPerTask: 100,
  sigmaS: 0.1,
  targetNoise: [2, 3],
  noise: "gaussian",
  confounding: 0,
  standardise: true,
} as const satisfies Required<CausalModelOptions>;

/**
 * Latents and targets of many tasks over the same latents (Algorithm 1, Chen et al. 2024; method: section 7). Per task:
 *
 *     C: k of d latents, without replacement      z_C ~ N(0, 1)        w ~ N(0, 1)      σ_t ~ U(2, 3)
 *     y = w'z_C + N(0, σ_t²)                      γ ~ U(−1, 1)         z_S = γ y + N(0, σs²)
 *
 * then each latent is standardised within the task. Given y, the effects are independent of each other and of the
 * causes, unless `confounding` is above 0.
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
  checkSettings(settings);
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
  const { latentDim: d, causalPerTask, targetNoise } = settings;
  const causal = new Float64Array(d);
  for (const j of random.permutation(d).subarray(0, causalPerTask)) causal[j] = 1;
  return {
    causal,
    weights: causal.map((isCause) => (isCause ? random.normal() : 0)),
    gamma: causal.map((isCause) => (isCause ? 0 : random.uniform(-1, 1))),
    confounderSign: causal.map(() => (random.integer(2) === 0 ? -1 : 1)),
    sigma: random.uniform(...targetNoise),
  };
}

function checkSettings(settings: Required<CausalModelOptions>): void {
  const { latentDim, causalPerTask, tasks, rowsPerTask, sigmaS, targetNoise, confounding } = settings;
  const [low, high] = targetNoise;
  demand(isCount(latentDim, 1), `latentDim must be a whole number of at least 1, got ${latentDim}`);
  demand(
    isCount(causalPerTask, 0) && causalPerTask <= latentDim,
    `causalPerTask must be a whole number from 0 to latentDim (${latentDim}), got ${causalPerTask}`,
  );
  demand(isCount(tasks, 1), `tasks must be a whole number of at least 1, got ${tasks}`);
  demand(isCount(rowsPerTask, 3), `rowsPerTask must be a whole number of at least 3, got ${rowsPerTask}`);
  demand(sigmaS > 0, `sigmaS must be above 0, got ${sigmaS}`);
  demand(low >= 0 && high >= low, `targetNoise must be a range [low, high] with 0 ≤ low ≤ high, got [${low}, ${high}]`);
  demand(confounding >= 0 && confounding < 1, `confounding must be in [0, 1), got ${confounding}`);
}

function isCount(value: number, least: number): boolean {
  return Number.isSafeInteger(value) && value >= least;
}

function demand(condition: boolean, message: string): void {
  if (!condition) throw new ConfigError(message);
}
