import { describe, expect, it } from "vitest";
import { linearCase, recovery, wideCase } from "../../test/linear-data.ts";
import { ConfigError } from "../errors.ts";
import { matrix, multiplyTransposed, rowView } from "../linalg/matrix.ts";
import { symmetricEigen } from "../linalg/symmetric-eigen.ts";
import { groupMoments, mergeMoments, momentsOf } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import { certify } from "./certificate.ts";
import { misfit } from "./fit-ratio.ts";
import { fitMtlcm } from "./mtlcm.ts";
import { projectMoments, rankReduction } from "./rank-reduction.ts";
import { pooledCovariance, residualsOf } from "./residual-covariance.ts";
import { secondMoments } from "./second-moments.ts";
import { shrinkSmallTasks } from "./shrinkage.ts";

describe("tasks with few rows", () => {
  const data = linearCase(1, { latentDim: 6, tasks: 100, rowsPerTask: 6, mixing: "orthogonal" });
  const second = secondMoments(momentsOf(data.h, data.targets), true);

  it("borrow from the pooled residual covariance, which makes theirs regular", () => {
    const { moments, shrinkage } = shrinkSmallTasks(second);
    const [before, after] = [residualsOf(second), residualsOf(moments)];
    for (let t = 0; t < 100; t++) {
      expect(shrinkage[t]).toBeGreaterThan(0);
      expect(shrinkage[t]).toBeLessThanOrEqual(1);
      const [smallestBefore, smallestAfter] = [before, after].map(({ matrices }) => {
        const { values } = symmetricEigen(matrix(6, 6, rowView(matrices, t)));
        return values[5] / values[0];
      });
      expect(smallestBefore).toBeLessThan(1e-12);
      expect(smallestAfter).toBeGreaterThan(1e-6);
    }
    // Every task has ν / n = 4/6 of an unbiased covariance before, so shrinking towards 4/6 of the pool keeps the mean.
    const pooled = pooledCovariance(before).data;
    const share = shrinkage[3];
    rowView(after.matrices, 3).forEach((value, k) => {
      expect(value).toBeCloseTo((1 - share) * before.matrices.data[3 * 36 + k] + share * pooled[k], 10);
    });
  });

  it("are unmixed, and the result says how", () => {
    const fit = fitMtlcm(momentsOf(data.h, data.targets), {}, createRandom(1));
    expect(fit.solver.converged).toBe(true);
    expect(recovery(data.h, fit.unmixing, data.latents).score).toBeGreaterThan(0.98);
    expect(fit.notes).toEqual([expect.stringMatching(/^100 of 100 tasks have too few rows for 6 latents/)]);
  });

  it("are left alone when they have rows enough", () => {
    const enough = linearCase(1, { latentDim: 6, tasks: 20, rowsPerTask: 8 });
    const moments = secondMoments(momentsOf(enough.h, enough.targets), true);
    expect(shrinkSmallTasks(moments).moments).toBe(moments);
    const fit = fitMtlcm(momentsOf(enough.h, enough.targets), {}, createRandom(1));
    expect(fit.notes).toEqual([]);
    expect(fit.shrinkage.every((alpha) => alpha === 0)).toBe(true);
  });

  it("are judged in pairs by the certificate, against what chance gives pairs", () => {
    const small = linearCase(2, { latentDim: 6, tasks: 200, rowsPerTask: 12, mixing: "orthogonal" });
    const groups = groupMoments(small.h, small.targets, 2, createRandom(1));
    const fit = fitMtlcm(mergeMoments(groups), {}, createRandom(1));
    const certificate = certify(groups, "long", fit, {}, createRandom(2));
    expect(certificate.modelHolds).toBe(true);
    expect(certificate.fitRatio).toBeLessThan(1.6);
    const twoLatents = matrix(1, 4, Float64Array.of(2, 0.6, 0.6, 1));
    const { observed } = misfit(twoLatents, Float64Array.of(2), matrix(2, 2));
    expect(observed).toBeCloseTo(-2 * Math.log(1 - 0.18), 12);
  });
});

describe("columns that depend on each other", () => {
  const data = linearCase(3, { latentDim: 4, tasks: 60, rowsPerTask: 40 });
  const wider = matrix(
    6,
    4,
    Float64Array.from({ length: 24 }, (_, k) => Math.sin(k * k + 1)),
  );
  const h = multiplyTransposed(data.h, wider);

  it("leave as many latents as there are directions, for h as it was given", () => {
    const groups = groupMoments(h, data.targets, 2, createRandom(1));
    const moments = mergeMoments(groups);
    const fit = fitMtlcm(moments, {}, createRandom(1));
    expect([fit.unmixing.rows, fit.unmixing.cols, fit.mean.length]).toEqual([4, 6, 6]);
    expect(fit.notes).toEqual([expect.stringMatching(/6 columns but varies in 4 directions only/)]);
    expect(recovery(h, fit.unmixing, data.latents).score).toBeGreaterThan(0.999);
    const certificate = certify(groups, "long", fit, {}, createRandom(2));
    expect(certificate.latents.length).toBe(4);
    expect(certificate.splitHalfMcc).toBeGreaterThan(0.99);
    const wide = certify(groups, "wide", fit, { replicates: 5 }, createRandom(2));
    expect(wide.latents.length).toBe(4);
  });

  it("are projected and lifted without loss, and a constant column is no direction", () => {
    const moments = momentsOf(h, data.targets);
    const reduction = rankReduction(moments, 1e-10);
    expect(reduction?.projection.rows).toBe(4);
    const projected = multiplyTransposed(h, reduction?.projection ?? wider);
    const direct = momentsOf(projected, data.targets);
    const through = projectMoments(moments, reduction?.projection ?? wider);
    direct.covH.data.forEach((value, k) => {
      expect(through.covH.data[k]).toBeCloseTo(value, 8);
    });
    direct.covHY.data.forEach((value, k) => {
      expect(through.covHY.data[k]).toBeCloseTo(value, 8);
    });
    const constant = matrix(data.h.rows, 5);
    for (let i = 0; i < data.h.rows; i++) constant.data.set(rowView(data.h, i), i * 5);
    expect(rankReduction(momentsOf(constant, data.targets), 1e-10)?.projection.rows).toBe(4);
    expect(rankReduction(momentsOf(data.h, data.targets), 1e-10)).toBeUndefined();
  });
});

describe("weights of tasks", () => {
  it("of 0 leave a task out of the likelihood, and of 1 change nothing", () => {
    const data = linearCase(4, { latentDim: 3, causalPerTask: 1, tasks: 30, rowsPerTask: 40 });
    const moments = momentsOf(data.h, data.targets);
    const plain = fitMtlcm(moments, {}, createRandom(1));
    expect(fitMtlcm(moments, { taskWeights: new Float64Array(30).fill(2) }, createRandom(1)).solver.value).toBeCloseTo(
      plain.solver.value,
      10,
    );
    const half = Float64Array.from({ length: 30 }, (_, t) => (t < 15 ? 1 : 0));
    const rows = [...data.targets.task.keys()].filter((row) => data.targets.task[row] < 15);
    const firstHalf = { ...data.targets, taskNames: data.targets.taskNames.slice(0, 15) };
    const task = Int32Array.from(rows, (row) => data.targets.task[row]);
    const values = Float64Array.from(rows, (row) => data.targets.values[row]);
    const subset = matrix(rows.length, 3, data.h.data.slice(0, rows.length * 3));
    const alone = fitMtlcm(momentsOf(subset, { ...firstHalf, task, values }), {}, createRandom(1));
    const weighted = fitMtlcm(moments, { taskWeights: half }, createRandom(1));
    expect(weighted.solver.value).toBeCloseTo(alone.solver.value, 9);
    expect(() => fitMtlcm(moments, { taskWeights: [1, 2] }, createRandom(1))).toThrow(ConfigError);
    expect(() => fitMtlcm(moments, { taskWeights: new Float64Array(30) }, createRandom(1))).toThrow(ConfigError);
    const groups = groupMoments(data.h, data.targets, 2, createRandom(1));
    expect(certify(groups, "long", weighted, { taskWeights: half }, createRandom(1)).groups).toEqual([]);
  });
});

describe("wide data with missing targets", () => {
  it("give the latents that complete data give", () => {
    const { h, targets } = wideCase(5, { dim: 5, tasks: 30, rows: 3000, density: 0.3 });
    const random = createRandom(6);
    const holes = targets.values.data.map((value) => (random.uniform() < 0.3 ? Number.NaN : value));
    const complete = fitMtlcm(momentsOf(h, targets), {}, createRandom(1));
    const groups = groupMoments(h, { ...targets, values: matrix(3000, 30, holes) }, 16, createRandom(2));
    const fit = fitMtlcm(mergeMoments(groups), {}, createRandom(1));
    const latents = multiplyTransposed(h, complete.unmixing);
    expect(recovery(h, fit.unmixing, latents).score).toBeGreaterThan(0.99);
    expect(certify(groups, "wide", fit, { replicates: 20 }, createRandom(3)).predictedMcc).toBeGreaterThan(0.98);
  });
});
