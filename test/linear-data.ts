import { linearData } from "../src/data/synthetic/linear.ts";
import { type Matrix, matrix, multiplyTransposed } from "../src/linalg/matrix.ts";
import { assign } from "../src/stats/assignment.ts";
import { covarianceOf } from "../src/stats/covariance.ts";
import { createRandom, type Random } from "../src/stats/random.ts";
import type { LongTargets, WideTargets } from "../src/stats/targets.ts";

/** A representation, its targets and the latents behind it. */
export interface LinearCase {
  readonly h: Matrix;
  readonly targets: LongTargets;
  readonly latents: Matrix;
  readonly causal: Matrix;
}

/** The same, and the mixing A that the representation was made with. */
export interface MixedCase extends LinearCase {
  readonly mixing: Matrix;
}

/** Linear data of the paper's Algorithm 1 with 200 tasks of 100 rows, unless the options say otherwise. */
export function linearCase(seed: number, options: Parameters<typeof linearData>[0]): MixedCase {
  const { representation: h, targets, truth } = linearData(options, createRandom(seed));
  return { h, targets, latents: truth.latents, causal: truth.causal, mixing: truth.mixing };
}

/** The same with `count` further latents that are N(0, 1) whatever the task and its target, mixed in at random. */
export function withUninformativeLatents({ targets, latents, causal }: LinearCase, count: number, seed: number) {
  const random = createRandom(seed);
  const [n, d] = [latents.rows, latents.cols + count];
  const all = matrix(n, d);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < d; j++) {
      all.data[i * d + j] = j < latents.cols ? latents.data[i * latents.cols + j] : random.normal();
    }
  }
  const mixing = matrix(
    d,
    d,
    Float64Array.from({ length: d * d }, () => random.normal()),
  );
  return { h: multiplyTransposed(all, mixing), targets, latents: all, causal };
}

/** The same targets in random order within every task: h then has nothing to do with them. */
export function shuffleWithinTasks(targets: LongTargets, random: Random): LongTargets {
  const values = targets.values.slice();
  for (let t = 0; t < targets.taskNames.length; t++) {
    const rows = [...targets.task.keys()].filter((row) => targets.task[row] === t);
    random.permutation(rows.length).forEach((from, to) => {
      values[rows[to]] = targets.values[rows[from]];
    });
  }
  return { ...targets, values };
}

/** |Pearson correlation| of every column of x with every column of y. */
export function absoluteCorrelations(x: Matrix, y: Matrix): Matrix {
  const [n, d, k] = [x.rows, x.cols, y.cols];
  const both = matrix(n, d + k);
  for (let i = 0; i < n; i++) {
    both.data.set(x.data.subarray(i * d, (i + 1) * d), i * (d + k));
    both.data.set(y.data.subarray(i * k, (i + 1) * k), i * (d + k) + d);
  }
  const { data: c } = covarianceOf(both).covariance;
  const result = matrix(d, k);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j < k; j++) {
      const scale = Math.sqrt(c[i * (d + k) + i] * c[(d + j) * (d + k) + d + j]);
      result.data[i * k + j] = Math.abs(c[i * (d + k) + d + j]) / scale;
    }
  }
  return result;
}

/** The pooled Pearson MCC of B h with the true latents, and which estimated latent goes with which true one. */
export function recovery(h: Matrix, unmixing: Matrix, latents: Matrix) {
  return assign(absoluteCorrelations(multiplyTransposed(h, unmixing), latents));
}

/**
 * Wide data: independent latents, every target a sum of a share `density` of them plus noise; the latents themselves are
 * the representation.
 */
export function wideCase(
  seed: number,
  { dim, tasks, rows, density }: Record<"dim" | "tasks" | "rows" | "density", number>,
): { h: Matrix; targets: WideTargets; weights: Matrix } {
  const random = createRandom(seed);
  const h = matrix(
    rows,
    dim,
    Float64Array.from({ length: rows * dim }, () => random.normal()),
  );
  const weights = matrix(
    tasks,
    dim,
    Float64Array.from({ length: tasks * dim }, () => (random.uniform() < density ? random.normal() : 0)),
  );
  const values = multiplyTransposed(h, weights);
  for (let k = 0; k < values.data.length; k++) values.data[k] += random.normal() / 2;
  const taskNames = Array.from({ length: tasks }, (_, t) => `task${t}`);
  return { h, targets: { layout: "wide", values, taskNames }, weights };
}
