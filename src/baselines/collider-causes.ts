import { ConfigError, ShapeError } from "../errors.ts";
import { column, type Matrix, matrix, takeRows } from "../linalg/matrix.ts";
import { kernelIndependenceTest } from "../stats/kernel-independence.ts";
import { partialCorrelationTest } from "../stats/partial-correlation.ts";
import type { LongTargets } from "../stats/targets.ts";

/** The p-value of independence of x and y, given z where there is one. */
type IndependenceTest = (x: Float64Array, y: Float64Array, z: Float64Array | null) => number;

/** The tests of conditional independence that there are: for Gaussian variables, and for any (O(n³) a test). */
export const independenceTests = {
  "partial-correlation": partialCorrelationTest,
  kernel: kernelIndependenceTest,
} as const satisfies Record<string, IndependenceTest>;

/** Name of a test. */
export type IndependenceTestName = keyof typeof independenceTests;

/** How causes are found; `level` is that of each single test, .05. */
export interface ColliderOptions {
  readonly test?: IndependenceTestName | undefined;
  readonly level?: number | undefined;
}

const LEVEL = 0.05;

/**
 * The direct causes of every task's target by the collider rule, the second phase of iCaRL (Lu et al. 2021) inside of one task: z_i and
 * z_j are both causes of y where they are independent and become dependent given y. Effects of y are dependent already, and a cause and
 * an effect become independent. A target's only cause has no partner and is not found by this rule.
 * @param latents - rows × d
 * @returns tasks × d: 1 for a cause, else 0
 * @throws ConfigError for a level outside (0, 1); ShapeError when rows and targets differ in number; DomainError for a task with fewer
 *   than 5 rows, or where a variable is constant
 */
export function colliderCauses(latents: Matrix, targets: LongTargets, options: ColliderOptions = {}): Matrix {
  const { test = "partial-correlation", level = LEVEL } = options;
  if (!(level > 0 && level < 1)) throw new ConfigError(`level must be in (0, 1), got ${level}`);
  if (targets.values.length !== latents.rows) {
    throw new ShapeError(`colliderCauses: ${latents.rows} rows of latents, ${targets.values.length} targets`);
  }
  const independent: IndependenceTest = independenceTests[test];
  const causes = matrix(targets.taskNames.length, latents.cols);
  for (let t = 0; t < causes.rows; t++) {
    const rows = [...targets.task.keys()].filter((row) => targets.task[row] === t);
    const own = takeRows(latents, rows);
    const z = Array.from({ length: own.cols }, (_, j) => column(own, j));
    const y = Float64Array.from(rows, (row) => targets.values[row]);
    for (let i = 0; i < z.length; i++) {
      for (let j = 0; j < i; j++) {
        if (independent(z[i], z[j], null) <= level || independent(z[i], z[j], y) > level) continue;
        causes.data[t * causes.cols + i] = causes.data[t * causes.cols + j] = 1;
      }
    }
  }
  return causes;
}
