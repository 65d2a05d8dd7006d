import { type Matrix, matrix } from "../linalg/matrix.ts";
import type { Moments } from "../stats/moments.ts";

/** Per task, the averages that the likelihood of stage 2 consists of (method: section 3.1). */
export interface SecondMoments {
  /** d. */
  readonly dim: number;
  /** n_t, T. */
  readonly rows: Float64Array;
  /** π_t = n_t / Σ n, times the weights of the tasks where there are any, T. */
  readonly weights: Float64Array;
  /** S_t = mean of h h', T × d². */
  readonly S: Matrix;
  /** s_t = mean of h y, T × d. */
  readonly s: Matrix;
  /** q_t = mean of y², T. */
  readonly q: Float64Array;
  /** Degrees of freedom that the fit of h on y takes from a task: slope and intercept, or the slope alone. */
  readonly fitted: 1 | 2;
}

/**
 * Mean products of h and y in each task.
 *
 * @param moments Moments of the data.
 * @param intercept true: h and y are centred within the task first, so that a task may have its own level; false: they
 *   are taken as they are, which is the convention of the paper's released code.
 * @param taskWeights How much a row of each task counts, T numbers ≥ 0; all alike by default.
 */
export function secondMoments(moments: Moments, intercept: boolean, taskWeights?: ArrayLike<number>): SecondMoments {
  const { dim, count, meanH, meanY, covH, covHY, varY } = moments;
  const influence = count.map((n, t) => n * (taskWeights?.[t] ?? 1));
  const total = influence.reduce((sum, value) => sum + value, 0);
  const shared = { dim, rows: count, weights: influence.map((value) => value / total) };
  if (intercept) return { ...shared, S: covH, s: covHY, q: varY, fitted: 2 };

  const tasks = count.length;
  const S = matrix(tasks, dim * dim, covH.data.slice());
  const s = matrix(tasks, dim, covHY.data.slice());
  for (let t = 0; t < tasks; t++) {
    for (let i = 0; i < dim; i++) {
      const mean = meanH.data[t * dim + i];
      s.data[t * dim + i] += mean * meanY[t];
      for (let j = 0; j < dim; j++) S.data[(t * dim + i) * dim + j] += mean * meanH.data[t * dim + j];
    }
  }
  return { ...shared, S, s, q: varY.map((v, t) => v + meanY[t] ** 2), fitted: 1 };
}
