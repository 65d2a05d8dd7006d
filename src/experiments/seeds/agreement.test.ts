import { describe, expect, it } from "vitest";
import { type Matrix, matrix, multiplyTransposed } from "../../linalg/matrix.ts";
import { createRandom } from "../../stats/random.ts";
import { agreementOf, errorsOver } from "./agreement.ts";
import { seedMethods } from "./config.ts";
import type { SeedCellResult } from "./run-cell.ts";

const random = createRandom(5);
const latents = matrix(
  400,
  2,
  Float64Array.from({ length: 800 }, () => random.normal()),
);
const [c, s] = [Math.cos(Math.PI / 4), Math.sin(Math.PI / 4)];
const turned = multiplyTransposed(latents, matrix(2, 2, Float64Array.of(c, -s, s, c)));
const swapped = multiplyTransposed(latents, matrix(2, 2, Float64Array.of(0, -3, 0.5, 0)));

const result = (found: readonly (readonly [string, Matrix])[], heads: readonly number[]): SeedCellResult => ({
  id: "",
  rows: { train: 1, test: 400 },
  found: found.map(([method, own]) => ({ latentDim: 2, method, latents: own, seconds: heads.length })),
  error: { heads: Float64Array.from(heads), mean: Float64Array.of(4, 8), composition: null },
  heldOutLoss: null,
  epochs: 1,
  seconds: { training: 0, total: 0 },
});
const runs = [
  result([["raw", latents], ["mtlcm", latents]], [1, 2]), // biome-ignore format: one run a line
  result([["raw", turned], ["mtlcm", swapped]], [3, 2]), // biome-ignore format: one run a line
];

describe("agreementOf", () => {
  it("sees order, sign and scale as agreement, and a turn as what only strong MCC is lost by", () => {
    const [raw, mtlcm] = agreementOf("", [2], seedMethods(["raw", "mtlcm"]), runs);
    expect(mtlcm?.agreement?.spread.strongPearson.median).toBeCloseTo(1, 10);
    expect(raw?.agreement?.spread.weak.median).toBeCloseTo(1, 10);
    // Two independent latents at 45° to each other correlate by 1/√2, here to the accuracy of 400 rows.
    expect(raw?.agreement?.spread.strongPearson.median).toBeCloseTo(Math.SQRT1_2, 1);
    expect(mtlcm?.ceiling).toBeCloseTo(1, 10);
  });

  it("says nothing of a single seed", () => {
    expect(agreementOf("", [2], seedMethods(["raw"]), runs.slice(0, 1))).toMatchObject([
      { runs: 1, agreement: null, ceiling: null },
    ]);
  });
});

describe("errorsOver", () => {
  it("gives mean and spread over seeds in the unit asked for", () => {
    const errors = errorsOver("", ["u0", "mu"], { u0: { unit: "eV", factor: 27 } }, runs);
    expect(errors).toEqual([
      { name: "", target: "u0", unit: "eV", heads: 54, sd: 27 * Math.SQRT2, mean: 108, composition: null },
      { name: "", target: "mu", unit: "", heads: 2, sd: 0, mean: 8, composition: null },
    ]);
  });
});
