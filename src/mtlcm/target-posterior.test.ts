import { describe, expect, it } from "vitest";
import { plainRegression } from "../../test/plain-regression.ts";
import { resampleTasks, type TaskTruth } from "../data/synthetic/resample-tasks.ts";
import { inverse } from "../linalg/lu.ts";
import { matrix, rowView } from "../linalg/matrix.ts";
import { momentsOf } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import { targetPosterior } from "./target-posterior.ts";
import { taskParameters } from "./task-parameters.ts";

/** Two causes, three effects, one of them weak. */
const truth: TaskTruth = {
  causal: matrix(1, 5, Float64Array.of(1, 0, 1, 0, 0)),
  weights: matrix(1, 5, Float64Array.of(1, 0, -0.7, 0, 0)),
  gamma: matrix(1, 5, Float64Array.of(0, 0.4, 0, -0.3, 0.05)),
  targetNoise: Float64Array.of(1),
};
const pCause = Float64Array.of(0.9, 0.1, 0.8, 0, 0.3);
const rowsOf = (rowsPerTask: number, seed: number) =>
  resampleTasks(truth, { rowsPerTask, sigmaS: 0.5 }, createRandom(seed));

describe("targetPosterior", () => {
  it("is the regression on the rows when it uses the causes alone, variance of new rows included", () => {
    const { latents, targets } = rowsOf(25, 1);
    const plain = plainRegression(latents, targets.values, [0, 2]);
    const causal = targetPosterior(taskParameters(momentsOf(latents, targets), 0, pCause, false), false);
    const { latents: ahead } = rowsOf(10, 2);
    for (let i = 0; i < ahead.rows; i++) {
      const z = rowView(ahead, i);
      expect(causal.mean(z)).toBeCloseTo(plain.predict(z), 10);
      expect(causal.variance(z)).toBeCloseTo(plain.variance(z), 10);
    }
  });

  it("is the conditional of the joint normal that its parameters make, causes included", () => {
    const { latents, targets } = rowsOf(200, 3);
    const task = taskParameters(momentsOf(latents, targets), 0, pCause, false);
    const posterior = targetPosterior({ ...task, rows: Number.POSITIVE_INFINITY }, true);
    const joint = jointCovariance(task);
    const precision = inverse(joint);
    const last = precision.data[35];
    expect(posterior.variance(task.meanZ.map((mean, j) => mean + j - 1.5))).toBeCloseTo(1 / last, 10);
    for (let i = 0; i < 10; i++) {
      const z = rowView(latents, i);
      const conditional = z.reduce(
        (sum, value, j) => sum - (precision.data[30 + j] / last) * (value - task.meanZ[j]),
        0,
      );
      expect(posterior.mean(z)).toBeCloseTo(task.meanY + conditional, 10);
    }
  });

  it("comes to the regression on all latents as rows grow in number, and is closer to the truth with few", () => {
    const { latents: test, targets: truths } = rowsOf(400, 4);
    const errors = (n: number, seed: number) => {
      const { latents, targets } = rowsOf(n, seed);
      const plain = plainRegression(latents, targets.values, [0, 1, 2, 3, 4]);
      const posterior = targetPosterior(taskParameters(momentsOf(latents, targets), 0, pCause, false), true);
      const squares = [0, 0];
      for (let i = 0; i < test.rows; i++) {
        squares[0] += (plain.predict(rowView(test, i)) - truths.values[i]) ** 2;
        squares[1] += (posterior.mean(rowView(test, i)) - truths.values[i]) ** 2;
      }
      return squares;
    };
    const [plain, posterior] = errors(20_000, 5);
    expect(Math.abs(posterior / plain - 1)).toBeLessThan(0.002);
    const few = Array.from({ length: 40 }, (_, seed) => errors(10, 100 + seed));
    const total = (which: number) => few.reduce((sum, squares) => sum + squares[which], 0);
    expect(total(1)).toBeLessThan(0.9 * total(0));
  });

  it("states a variance that new rows show, which it would not without the uncertainty of its slopes", () => {
    const sums = { squares: 0, stated: 0, known: 0 };
    for (let seed = 0; seed < 400; seed++) {
      const { latents, targets } = rowsOf(20, 1000 + seed);
      const task = taskParameters(momentsOf(latents, targets), 0, pCause, false);
      const posterior = targetPosterior(task, true);
      const certain = targetPosterior({ ...task, rows: Number.POSITIVE_INFINITY }, true);
      const { latents: test, targets: truths } = rowsOf(20, 5000 + seed);
      for (let i = 0; i < test.rows; i++) {
        const z = rowView(test, i);
        sums.squares += (posterior.mean(z) - truths.values[i]) ** 2;
        sums.stated += posterior.variance(z);
        sums.known += certain.variance(z);
      }
    }
    // The estimate of 1/Π itself is low by about 2/n, which the formula leaves out; the rest is of second order.
    expect(Math.abs(sums.stated / sums.squares - 0.9)).toBeLessThan(0.07);
    expect(sums.known / sums.squares).toBeLessThan(0.8);
  });

  it("is unknown for a task with too few rows for its causes", () => {
    const { latents, targets } = rowsOf(3, 6);
    const task = taskParameters(momentsOf(latents, targets), 0, pCause, false);
    expect(targetPosterior(task, true).mean(rowView(latents, 0))).toBeNaN();
  });
});

/** Covariance of (z, y), y last, for causes C → y → effects; the covariance of the causes is that of the rows. */
function jointCovariance(task: ReturnType<typeof taskParameters>) {
  const { causes, effects, weights, slopes, residual, unexplained } = task;
  const S = inverse(task.precision);
  const k = causes.length;
  const joint = matrix(6, 6);
  const put = (a: number, b: number, value: number) => {
    joint.data[6 * a + b] = value;
    joint.data[6 * b + a] = value;
  };
  const toY = causes.map((_, a) => weights.reduce((sum, w, b) => sum + S.data[a * k + b] * w, 0));
  const varY = unexplained + toY.reduce((sum, s, a) => sum + s * weights[a], 0);
  put(5, 5, varY);
  causes.forEach((i, a) => {
    put(i, 5, toY[a]);
    causes.forEach((j, b) => void put(i, j, S.data[a * k + b]));
    effects.forEach((j, e) => void put(i, j, slopes[e] * toY[a]));
  });
  effects.forEach((i, e) => {
    put(i, 5, slopes[e] * varY);
    effects.forEach((j, f) => void put(i, j, slopes[e] * slopes[f] * varY + (e === f ? residual[e] : 0)));
  });
  return joint;
}
