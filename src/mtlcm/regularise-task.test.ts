import { describe, expect, it } from "vitest";
import { resampleTasks, type TaskTruth } from "../data/synthetic/resample-tasks.ts";
import { inverse } from "../linalg/lu.ts";
import { matrix, multiplyVector } from "../linalg/matrix.ts";
import { momentsOf } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import { regulariseTask } from "./regularise-task.ts";
import { taskParameters } from "./task-parameters.ts";
import type { TaskPrior } from "./task-prior.ts";

const truth: TaskTruth = {
  causal: matrix(1, 5, Float64Array.of(1, 0, 1, 1, 0)),
  weights: matrix(1, 5, Float64Array.of(1, 0, -0.7, 0.3, 0)),
  gamma: matrix(1, 5, Float64Array.of(0, 0.4, 0, 0, -0.6)),
  targetNoise: Float64Array.of(1),
};
const pCause = Float64Array.of(1, 0, 1, 1, 0);
const prior: TaskPrior = {
  weightSquare: 0.2,
  effectSquare: 0.5,
  unexplained: { value: 0.4, degrees: 8 },
  residual: { value: 0.3, degrees: 5 },
  target: { value: 1, degrees: 0 },
};
const rowsOf = (rowsPerTask: number) => resampleTasks(truth, { rowsPerTask, sigmaS: 0.5 }, createRandom(7));

describe("regulariseTask", () => {
  it.each([3, 4, 12])("minimises the penalised sum of squares over %d rows", (n) => {
    const { latents: z, targets } = rowsOf(n);
    const y = targets.values;
    const { moments } = regulariseTask(momentsOf(z, targets), pCause, prior);
    const { weights } = taskParameters(moments, 0, pCause, true);
    const causes = [0, 2, 3];
    const mean = (f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i)).reduce((a, b) => a + b, 0) / n;
    const zBar = causes.map((j) => mean((i) => z.data[5 * i + j]));
    const yBar = mean((i) => y[i]);
    const variance = causes.map((j, a) => mean((i) => (z.data[5 * i + j] - zBar[a]) ** 2));
    const objective = (w: number[]) => {
      let sum = 0;
      for (let i = 0; i < n; i++) {
        sum += (y[i] - yBar - causes.reduce((fit, j, a) => fit + w[a] * (z.data[5 * i + j] - zBar[a]), 0)) ** 2;
      }
      return sum + w.reduce((penalty, value, a) => penalty + (0.4 / 0.2) * variance[a] * value ** 2, 0);
    };
    const w = Array.from(weights);
    const best = objective(w);
    for (let a = 0; a < 3; a++) {
      for (const step of [-1e-3, 1e-3]) {
        expect(objective(w.map((value, b) => (a === b ? value + step : value)))).toBeGreaterThan(best);
      }
    }
  });

  it("leaves moments from which the shrunken estimates follow", () => {
    const { latents, targets } = rowsOf(6);
    const task = regulariseTask(momentsOf(latents, targets), pCause, prior);
    const { slopes, residual, unexplained, varY } = taskParameters(task.moments, 0, pCause, true);
    const raw = taskParameters(momentsOf(latents, targets), 0, pCause, false);
    raw.residual.forEach((own, e) => {
      const moderated = (5 * 0.3 + 4 * own) / 9;
      expect(residual[e]).toBeCloseTo(moderated, 12);
      const variance = momentsOf(latents, targets).covH.data[[1, 4][e] * 6];
      expect(slopes[e]).toBeCloseTo((raw.slopes[e] * 0.5) / (0.5 + moderated / (6 * variance)), 12);
    });
    // The whole is a covariance: what y keeps beside its causes is what an inverse says of it.
    const { data: S } = task.moments.covH;
    const block = matrix(3, 3, Float64Array.from([0, 2, 3].flatMap((i) => [0, 2, 3].map((j) => S[5 * i + j]))));
    const s = Float64Array.from([0, 2, 3], (j) => task.moments.covHY.data[j]);
    const explained = multiplyVector(inverse(block), s).reduce((sum, w, a) => sum + w * s[a], 0);
    expect(varY - explained).toBeCloseTo(unexplained, 12);
  });

  it("is least squares when rows are many, and says how little it borrowed", () => {
    const { latents, targets } = rowsOf(50_000);
    const moments = momentsOf(latents, targets);
    const task = regulariseTask(moments, pCause, prior);
    const [own, plain] = [taskParameters(task.moments, 0, pCause, true), taskParameters(moments, 0, pCause, false)];
    for (const key of ["weights", "slopes", "residual"] as const) {
      own[key].forEach((value, at) => void expect(Math.abs(value / plain[key][at] - 1)).toBeLessThan(1e-3));
    }
    expect(Math.abs(own.unexplained / plain.unexplained - 1)).toBeLessThan(1e-3);
    for (const share of Object.values(task.strength)) expect(share).toBeLessThan(1e-3);
  });

  it("borrows the scale of a target whose few rows lie close together, and of no other", () => {
    const { latents, targets } = rowsOf(3);
    const own = momentsOf(latents, targets);
    const shown = (own.varY[0] * 3) / 2;
    const unexplainedWith = (value: number) =>
      taskParameters(regulariseTask(own, pCause, { ...prior, target: { value, degrees: 6 } }).moments, 0, pCause, true)
        .unexplained;
    const alone = taskParameters(regulariseTask(own, pCause, prior).moments, 0, pCause, true).unexplained;
    // (6 · 20 + 2 · 1) / 8 times what the rows show; τ is a prior's share of it and what the rows leave.
    expect(unexplainedWith(20 * shown) / alone).toBeGreaterThan(5);
    expect(unexplainedWith(shown / 20)).toBe(alone);
    // A million times as large is another unit.
    expect(unexplainedWith(1e6 * shown)).toBe(alone);
  });
});
