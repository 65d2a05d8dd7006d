import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/random.ts";
import { cholesky, choleskySolve } from "./cholesky.ts";
import { conjugateGradients } from "./conjugate-gradients.ts";
import { dot, matrix, multiplyTransposed, multiplyVector } from "./matrix.ts";

const N = 12;
const random = createRandom(1);
const root = matrix(
  N,
  N,
  Float64Array.from({ length: N * N }, () => random.normal()),
);
const H = multiplyTransposed(root, root);
const b = Float64Array.from({ length: N }, () => random.normal());
const times = (p: Float64Array) => multiplyVector(H, p);
const diagonal = (r: Float64Array) => r.map((value, k) => value / H.data[k * (N + 1)]);
const error = (x: Float64Array) => Math.max(...x.map((value, k) => Math.abs(value - exact[k])));
const exact = choleskySolve(cholesky(H), b);

describe("conjugateGradients", () => {
  it("solves the equations that a factorisation solves", () => {
    const x = conjugateGradients(times, b, diagonal, { tolerance: 1e-14, maxIterations: 100 });
    expect(error(x)).toBeLessThan(1e-8 * Math.max(...exact.map(Math.abs)));
  });

  it("stops where it is told to, on the right side of b", () => {
    const early = conjugateGradients(times, b, diagonal, { tolerance: 1e-14, maxIterations: 3 });
    expect(error(early)).toBeGreaterThan(1e-3);
    expect(dot(early, b)).toBeGreaterThan(0);
    let products = 0;
    const counted = (p: Float64Array) => {
      products++;
      return times(p);
    };
    conjugateGradients(counted, b, diagonal, { tolerance: 0.5, maxIterations: 100 });
    expect(products).toBeLessThan(N);
  });

  it("takes the preconditioner's word where H is flat", () => {
    expect(conjugateGradients((p) => p.map(() => 0), b, diagonal, { tolerance: 0.1, maxIterations: 9 })).toEqual(
      diagonal(b),
    );
  });
});
