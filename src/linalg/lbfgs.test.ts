import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/random.ts";
import { cholesky, choleskySolve } from "./cholesky.ts";
import { type LbfgsResult, type LbfgsStep, lbfgs, type Objective } from "./lbfgs.ts";
import { dot, matrix, multiplyTransposed, multiplyVector } from "./matrix.ts";

const run = (steps: Generator<LbfgsStep, LbfgsResult>) => {
  const values: number[] = [];
  for (;;) {
    const next = steps.next();
    if (next.done) return { result: next.value, values };
    values.push(next.value.value);
  }
};

const rosenbrock: Objective = (x) => {
  const gradient = new Float64Array(x.length);
  let value = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const [a, b] = [1 - x[i], x[i + 1] - x[i] ** 2];
    value += a * a + 100 * b * b;
    gradient[i] += -2 * a - 400 * x[i] * b;
    gradient[i + 1] += 200 * b;
  }
  return { value, gradient };
};

describe("lbfgs", () => {
  it("finds the minimum of Rosenbrock's valley, never rising", () => {
    const start = Float64Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
    const { result, values } = run(lbfgs(rosenbrock, start));
    expect(result.converged).toBe(true);
    for (const x of result.x) expect(Math.abs(x - 1)).toBeLessThan(1e-7);
    for (let k = 1; k < values.length; k++) expect(values[k]).toBeLessThanOrEqual(values[k - 1] * (1 + 1e-12));
    expect(start[0]).toBe(-1.2);
  });

  it("solves an ill-conditioned quadratic as Cholesky does, and at once with the right preconditioner", () => {
    const n = 12;
    const { normal } = createRandom(3);
    const x = matrix(
      n,
      n,
      Float64Array.from({ length: n * n }, () => normal()),
    );
    const a = multiplyTransposed(x, x);
    for (let i = 0; i < n; i++) a.data[i * n + i] += 0.1;
    const b = Float64Array.from({ length: n }, () => normal());
    const objective: Objective = (at) => {
      const ax = multiplyVector(a, at);
      return { value: dot(at, ax) / 2 - dot(b, at), gradient: ax.map((value, i) => value - b[i]) };
    };
    const exact = choleskySolve(cholesky(a), b);
    const plain = run(lbfgs(objective, new Float64Array(n))).result;
    expect(plain).toMatchObject({ reason: "gradient" });
    for (let i = 0; i < n; i++) expect(Math.abs(plain.x[i] - exact[i])).toBeLessThan(1e-6);
    const precondition = (g: Float64Array) => choleskySolve(cholesky(a), g);
    const exactly = run(lbfgs(objective, new Float64Array(n), { precondition })).result;
    expect(exactly.iteration).toBeLessThanOrEqual(2);
  });

  it("respects a barrier: values that are not finite count as outside", () => {
    const objective: Objective = ([x]) => ({ value: x - Math.log(x), gradient: Float64Array.of(1 - 1 / x) });
    const { result } = run(lbfgs(objective, Float64Array.of(30)));
    expect(result.converged).toBe(true);
    expect(result.x[0]).toBeCloseTo(1, 7);
  });

  it("says why it stopped when it did not converge", () => {
    const start = Float64Array.from({ length: 10 }, () => -1.2);
    expect(run(lbfgs(rosenbrock, start, { maxIterations: 3 })).result).toMatchObject({
      converged: false,
      reason: "iterations",
    });
    const wrongGradient: Objective = (x) => {
      const { value, gradient } = rosenbrock(x);
      return { value, gradient: gradient.map((g) => -g) };
    };
    expect(run(lbfgs(wrongGradient, start)).result).toMatchObject({ converged: false, reason: "line search" });
  });
});
