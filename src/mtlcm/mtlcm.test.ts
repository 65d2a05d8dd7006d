import { describe, expect, it } from "vitest";
import { linearCase, recovery } from "../../test/linear-data.ts";
import { ConfigError, DataError } from "../errors.ts";
import { matrix, multiplyTransposed } from "../linalg/matrix.ts";
import { groupMoments, momentsOf } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import { certify } from "./certificate.ts";
import { fitMtlcm, fitMtlcmSteps } from "./mtlcm.ts";

const data = linearCase(3, { latentDim: 4, tasks: 30, rowsPerTask: 60 });
const moments = momentsOf(data.h, data.targets);
const fit = fitMtlcm(moments, {}, createRandom(1));
const d = 4;

/** z = B (h − mean), rows × d. */
const latents = (() => {
  const z = multiplyTransposed(data.h, fit.unmixing);
  const shift = multiplyTransposed(matrix(1, d, fit.mean), fit.unmixing).data;
  return matrix(
    z.rows,
    d,
    z.data.map((value, k) => value - shift[k % d]),
  );
})();

const rowsOfTask = (t: number) => [...data.targets.task.keys()].filter((row) => data.targets.task[row] === t);

/** Least squares of z_j on y with an intercept, from the rows. */
function regression(t: number, j: number) {
  const rows = rowsOfTask(t);
  const n = rows.length;
  const [y, z] = [rows.map((row) => data.targets.values[row]), rows.map((row) => latents.data[row * d + j])];
  const mean = (x: number[]) => x.reduce((sum, value) => sum + value, 0) / n;
  const [meanY, meanZ] = [mean(y), mean(z)];
  const varY = mean(y.map((value) => (value - meanY) ** 2));
  const varZ = mean(z.map((value) => (value - meanZ) ** 2));
  const slope = mean(y.map((value, k) => (value - meanY) * (z[k] - meanZ))) / varY;
  const residual = mean(z.map((value, k) => (value - meanZ - slope * (y[k] - meanY)) ** 2));
  return { slope, residual, share: residual / varZ, se: Math.sqrt((n * residual) / (n - 2) / (n * varY)) };
}

describe("fitMtlcm", () => {
  it("gives latents of mean 0 and variance 1, ordered by what they explain, positively related to y", () => {
    for (let j = 0; j < d; j++) {
      const column = Array.from({ length: latents.rows }, (_, i) => latents.data[i * d + j]);
      const mean = column.reduce((sum, value) => sum + value, 0) / latents.rows;
      expect(mean).toBeCloseTo(0, 9);
      expect(column.reduce((sum, value) => sum + value * value, 0) / latents.rows).toBeCloseTo(1, 9);
      let [signed, squared] = [0, 0];
      for (let t = 0; t < 30; t++) {
        const { slope, share } = regression(t, j);
        signed += Math.sign(slope) * Math.sqrt(1 - share);
        squared += (1 - share) / 30;
      }
      expect(signed).toBeGreaterThan(0);
      expect(fit.explained[j]).toBeCloseTo(squared, 9);
    }
    expect([...fit.explained]).toEqual([...fit.explained].sort((a, b) => b - a));
  });

  it("has the effects, standard errors and residual variances of least squares on the rows", () => {
    for (let t = 0; t < 30; t++) {
      for (let j = 0; j < d; j++) {
        const { slope, residual, se } = regression(t, j);
        expect(fit.effect.data[t * d + j]).toBeCloseTo(slope, 9);
        expect(fit.residualVariance.data[t * d + j]).toBeCloseTo(residual, 9);
        expect(fit.effectSe.data[t * d + j]).toBeCloseTo(se, 9);
      }
    }
  });

  it("recovers the latents, whatever invertible map was applied to h, and the same for the same seed", () => {
    expect(recovery(data.h, fit.unmixing, data.latents).score).toBeGreaterThan(0.999);
    const map = matrix(
      d,
      d,
      Float64Array.from({ length: d * d }, (_, k) => Math.sin(3 * k) + (k % 5 === 0 ? 2 : 0)),
    );
    const mapped = multiplyTransposed(data.h, map);
    const other = fitMtlcm(momentsOf(mapped, data.targets), {}, createRandom(2));
    const again = multiplyTransposed(mapped, other.unmixing);
    const first = multiplyTransposed(data.h, fit.unmixing);
    first.data.forEach((value, k) => {
      expect(Math.abs(value - again.data[k])).toBeLessThan(1e-6);
    });
    expect(fitMtlcm(moments, {}, createRandom(1))).toEqual(fit);
  });

  it("yields steps in the coordinates of h, the last with the value that is reported", () => {
    const steps = fitMtlcmSteps(moments, {}, createRandom(1));
    let last = Number.NaN;
    for (let next = steps.next(); !next.done; next = steps.next()) {
      last = next.value.value;
      expect(next.value.unmixing.rows).toBe(d);
    }
    expect(last).toBe(fit.solver.value);
    expect(fit.solver).toMatchObject({ converged: true, reason: "gradient", starts: 2, agreed: 2, gap: null });
  });

  it("with clamped variances finds the same latents in data of the paper's model, at a higher value", () => {
    const clamped = fitMtlcm(moments, { variance: "clamped" }, createRandom(1));
    expect(recovery(data.h, clamped.unmixing, data.latents).score).toBeGreaterThan(0.999);
    expect(clamped.solver.value).toBeGreaterThan(fit.solver.value);
    expect(clamped.solver.converged).toBe(true);
  });

  it("reports that it did not converge", () => {
    const { solver } = fitMtlcm(moments, { maxIterations: 1 }, createRandom(1));
    expect(solver).toMatchObject({ converged: false, reason: "iterations" });
  });

  it("refuses options out of range, and a certificate without rows to split", () => {
    expect(() => fitMtlcm(moments, { sigmaS: 0 }, createRandom(1))).toThrow(ConfigError);
    expect(() => fitMtlcm(moments, { maxStarts: 0 }, createRandom(1))).toThrow(ConfigError);
    expect(() => certify([moments], "long", fit, {}, createRandom(1))).toThrow(DataError);
    expect(() => certify([moments, moments], "wide", fit, { replicates: 1 }, createRandom(1))).toThrow(ConfigError);
    const small = linearCase(1, { latentDim: 4, tasks: 5, rowsPerTask: 8 });
    const groups = groupMoments(small.h, small.targets, 2, createRandom(1));
    expect(() => certify(groups, "long", fit, {}, createRandom(1))).toThrow(/5 rows in each half/);
  });
});
