import { describe, expect, it } from "vitest";
import { type GoldenArray, golden, goldenMatrix } from "../../test/golden.ts";
import { DomainError, ShapeError } from "../errors.ts";
import { matrix, matrixFromRows, multiply } from "../linalg/matrix.ts";
import { createRandom } from "../stats/random.ts";
import { dci, dciOfImportance } from "./dci.ts";

interface GoldenCase extends Record<"latents" | "truth" | "importance", GoldenArray> {
  readonly name: string;
  readonly disentanglement: number;
  readonly completeness: number;
}

/** Rounding of two least-squares solvers on some dozens of rows. */
const TOLERANCE = 1e-11;

describe("dci", () => {
  it.each(golden("dci.json").cases as GoldenCase[])("agrees with NumPy: $name", ({ latents, truth, ...expected }) => {
    const found = dci(goldenMatrix(latents), goldenMatrix(truth));
    expect(Math.abs(found.disentanglement - expected.disentanglement)).toBeLessThan(TOLERANCE);
    expect(Math.abs(found.completeness - expected.completeness)).toBeLessThan(TOLERANCE);
    found.importance.data.forEach((value, at) => {
      expect(Math.abs(value - expected.importance.data[at])).toBeLessThan(TOLERANCE);
    });
  });

  it("is 1 for latents up to order, sign and scale, and far below for mixed ones (negative control)", () => {
    const z = matrix(500, 4, Float64Array.from({ length: 2000 }, createRandom(1).normal));
    const signed = matrixFromRows([
      [0, 0, -2, 0],
      [5, 0, 0, 0],
      [0, 0, 0, 1],
      [0, 0.1, 0, 0],
    ]);
    const found = dci(multiply(z, signed), z);
    expect(found.disentanglement).toBeCloseTo(1, 10);
    expect(found.completeness).toBeCloseTo(1, 10);
    const mixed = dci(multiply(z, matrix(4, 4, Float64Array.from({ length: 16 }, createRandom(2).normal))), z);
    expect(mixed.disentanglement).toBeLessThan(0.6);
    expect(mixed.completeness).toBeLessThan(0.6);
  });

  it("tells the two scores apart: one latent serving two, and two serving one (worked by hand)", () => {
    const oneForTwo = dciOfImportance(matrixFromRows([[1, 1]]));
    expect([oneForTwo.disentanglement, oneForTwo.completeness]).toEqual([0, 1]);
    const twoForOne = dciOfImportance(matrixFromRows([[1], [1]]));
    expect([twoForOne.disentanglement, twoForOne.completeness]).toEqual([1, 0]);
    // Shares (3/4, 1/4) have .8113 bits; the second latent serves one only and has a fifth of the importance.
    const { disentanglement } = dciOfImportance(
      matrixFromRows([
        [3, 1],
        [0, 1],
      ]),
    );
    expect(disentanglement).toBeCloseTo(0.8 * (1 - 0.8112781244591328) + 0.2, 14);
  });

  it("counts what is constant as serving nothing and served by nothing", () => {
    const z = matrix(50, 2, Float64Array.from({ length: 100 }, createRandom(3).normal));
    const constant = matrix(
      50,
      2,
      z.data.map((value, at) => (at % 2 === 0 ? value : 7)),
    );
    expect(dci(constant, z).importance.data.slice(2)).toEqual(new Float64Array(2));
    expect(dci(z, constant).completeness).toBeCloseTo(0.5, 8);
    expect(dciOfImportance(matrix(2, 2)).disentanglement).toBe(0);
  });

  it("refuses what is no importance, and too few rows", () => {
    expect(() => dciOfImportance(matrixFromRows([[1, -1]]))).toThrow(DomainError);
    expect(() => dciOfImportance(matrix(0, 2))).toThrow(DomainError);
    expect(() => dci(matrix(3, 2, Float64Array.of(1, 2, 3, 5, 7, 1)), matrix(3, 1))).toThrow(DomainError);
    expect(() => dci(matrix(3, 1), matrix(4, 1))).toThrow(ShapeError);
  });
});
