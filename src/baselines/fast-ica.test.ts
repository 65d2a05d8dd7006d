import { describe, expect, it } from "vitest";
import { golden, goldenArray } from "../../test/golden.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { type FastIcaOptions, fastIca } from "./fast-ica.ts";
import type { Contrast } from "./ica-contrast.ts";

type GoldenArray = { shape: [number, number]; data: number[] };
const toMatrix = (array: GoldenArray) => matrix(array.shape[0], array.shape[1], goldenArray(array));

function run(white: Matrix, start: Matrix, options: FastIcaOptions) {
  const steps = fastIca(white, start, options);
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

/** The same iteration in another order of summation; a converged row amplifies rounding by less than 1e3. */
const TOLERANCE = 1e-10;

function expectClose(actual: Matrix, expected: Matrix) {
  const worst = actual.data.reduce((max, v, k) => Math.max(max, Math.abs(v - expected.data[k])), 0);
  expect(worst).toBeLessThan(TOLERANCE);
}

describe("fastIca against scikit-learn", () => {
  const file = golden("fastica.json");
  const [white, start] = [toMatrix(file.white), toMatrix(file.w_init)];

  it("makes the same first update", () => {
    const { unmixing } = run(white, start, { maxIterations: 1 });
    expectClose(unmixing, toMatrix(file.w_after_one_update));
  });

  it.each(["default_tol", "converged"])("stops where it stops: %s", (name) => {
    const { tol, max_iter: maxIterations, iterations, unmixing_raw } = file[name];
    const result = run(white, start, { tolerance: tol, maxIterations });
    expect(result.iterations).toBe(iterations);
    expect(result.converged).toBe(name === "default_tol");
    expectClose(result.unmixing, toMatrix(unmixing_raw));
  });

  const { cases } = golden("fastica-variants.json");
  it.each(
    cases as { algorithm: "parallel" | "deflation"; contrast: Contrast; iterations: number; unmixing: GoldenArray }[],
  )("$algorithm, $contrast", ({ algorithm, contrast, iterations, unmixing }) => {
    const result = run(white, start, { algorithm, contrast });
    expect(result.iterations).toBe(iterations);
    expectClose(result.unmixing, toMatrix(unmixing));
  });
});

describe("fastIca", () => {
  it("refuses a start of the wrong shape and a negative tolerance", () => {
    expect(() => run(matrix(10, 2), matrix(3, 3), {})).toThrow("2 columns need a 2 × 2 start, got 3 × 3");
    expect(() => run(matrix(10, 2), matrix(2, 2), { tolerance: -1 })).toThrow("tolerance must be at least 0");
    expect(() => run(matrix(10, 2), matrix(2, 2), { maxIterations: 0 })).toThrow("at least 1, got 0");
  });
});
