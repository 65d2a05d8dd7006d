import { ConfigError, ShapeError } from "../../errors.ts";
import { type Matrix, matrix, rowView } from "../../linalg/matrix.ts";
import type { Random } from "../../stats/random.ts";
import type { LongTargets } from "../../stats/targets.ts";
import { type CausalModelOptions, LINEAR_DEFAULTS } from "./causal-options.ts";
import type { CausalTruth } from "./latent-causal-model.ts";
import { sampleTaskRows } from "./task-rows.ts";

/** The parameters of tasks, as `sampleCausalModel` drew them or changed since. */
export type TaskTruth = Pick<CausalTruth, "causal" | "gamma" | "weights" | "targetNoise">;

/**
 * New rows of tasks whose parameters are given: to test predictions on, also after a part of the parameters was changed.
 *
 * Latents are in the units of γ and w, not standardised: standardising new rows by themselves would undo a change of γ.
 *
 * @param truth c, γ, w (T × d) and σ_t; two latents of the same task are not confounded.
 * @param options rows per task, σs and the law of the noise; the defaults are those of `sampleCausalModel`.
 * @returns rows task by task, tasks named "task1", "task2", ….
 * @throws ConfigError for less than one row per task; ShapeError when the parameters differ in shape.
 */
export function resampleTasks(
  { causal, gamma, weights, targetNoise }: TaskTruth,
  options: Pick<CausalModelOptions, "rowsPerTask" | "sigmaS" | "noise" | "degreesOfFreedom">,
  random: Random,
): { latents: Matrix; targets: LongTargets } {
  const { rows: tasks, cols: d } = causal;
  for (const { rows, cols } of [gamma, weights]) {
    if (rows !== tasks || cols !== d || targetNoise.length !== tasks) {
      throw new ShapeError(`resampleTasks: causes of ${tasks} × ${d}, but other parameters of ${rows} × ${cols}`);
    }
  }
  const settings = { ...LINEAR_DEFAULTS, ...options, confounding: 0, targetConfounding: 0 };
  const { rowsPerTask } = settings;
  if (!(Number.isSafeInteger(rowsPerTask) && rowsPerTask >= 1)) {
    throw new ConfigError(`rowsPerTask must be a whole number of at least 1, got ${rowsPerTask}`);
  }
  const latents = matrix(tasks * rowsPerTask, d);
  const values = new Float64Array(latents.rows);
  for (let t = 0; t < tasks; t++) {
    const structure = {
      causal: rowView(causal, t),
      weights: rowView(weights, t),
      gamma: rowView(gamma, t),
      confounderSign: new Float64Array(d),
      sigma: targetNoise[t],
    };
    const sampled = sampleTaskRows(structure, settings, random.split(t));
    latents.data.set(sampled.latents.data, t * rowsPerTask * d);
    values.set(sampled.targets, t * rowsPerTask);
  }
  const task = Int32Array.from(values, (_, i) => Math.floor(i / rowsPerTask));
  const taskNames = Array.from({ length: tasks }, (_, t) => `task${t + 1}`);
  return { latents, targets: { layout: "long", values, task, taskNames } };
}
