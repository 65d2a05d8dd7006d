import { describe, expect, it } from "vitest";
import { golden, goldenArray } from "../../test/golden.ts";
import { type Matrix, matrix, multiply } from "../linalg/matrix.ts";
import { strongMcc } from "../metrics/mcc.ts";
import { covarianceOf } from "../stats/covariance.ts";
import { createRandom, type Random } from "../stats/random.ts";
import type { WideTargets } from "../stats/targets.ts";
import { type BaselineData, fitBaseline } from "./baseline.ts";
import { baselineNamed, baselines } from "./baselines.ts";
import { fastIcaBaseline, pca, raw, varimaxBaseline } from "./linear.ts";
import { principalComponents } from "./pca.ts";
import { varimax } from "./varimax.ts";

const ROWS = 3000;
const D = 3;

/** Independent latents mixed at random, and two targets that each latent alone moves. */
function mixedData(draw: (random: Random) => number, seed = 1): { data: BaselineData; latents: Matrix } {
  const random = createRandom(seed);
  const fill = (rows: number, cols: number, next: () => number) =>
    matrix(rows, cols, Float64Array.from({ length: rows * cols }, next));
  const latents = fill(ROWS, D, () => draw(random));
  const inputs = multiply(
    latents,
    fill(D, D, () => random.normal()),
  );
  const values = fill(ROWS, 2 * D, () => random.normal());
  for (let i = 0; i < ROWS; i++)
    for (let t = 0; t < 2 * D; t++) values.data[i * 2 * D + t] += 2 * latents.data[i * D + (t % D)];
  return { data: { inputs, targets: wide(values) }, latents };
}

function wide(values: Matrix): WideTargets {
  return { layout: "wide", values, taskNames: Array.from({ length: values.cols }, (_, t) => `y${t}`) };
}

const normal = (random: Random) => random.normal();
const laplace = (random: Random) => {
  const u = random.uniform(-0.5, 0.5);
  return -Math.sign(u) * Math.log(1 - 2 * Math.abs(u));
};

const mccOf = async (baseline: typeof raw, { data, latents }: ReturnType<typeof mixedData>) =>
  strongMcc((await fitBaseline(baseline, data, { latentDim: D }, createRandom(5))).latents, latents, "pearson").score;

describe("principalComponents", () => {
  it("gives uncorrelated columns of unit variance that span the data, and says when there are too few", () => {
    const { inputs } = mixedData(normal).data;
    const x = inputs as Matrix;
    const { mean, map, variance } = principalComponents(x, D);
    const { covariance } = covarianceOf(x);
    const product = multiply(multiply(map, covariance), matrix(D, D, transposed(map)));
    const off = product.data.map((v, at) => v - (at % (D + 1) === 0 ? 1 : 0));
    expect(Math.max(...off.map(Math.abs))).toBeLessThan(1e-9);
    expect(variance.reduce((a, b) => a + b)).toBeCloseTo(
      covariance.data.reduce((trace, v, at) => trace + (at % (D + 1) === 0 ? v : 0), 0),
      9,
    );
    expect(mean).toHaveLength(D);
    const twice = matrix(
      x.rows,
      2,
      Float64Array.from({ length: 2 * x.rows }, (_, k) => x.data[(k >> 1) * D]),
    );
    expect(() => principalComponents(twice, 2)).toThrow("they span 1 directions");
  });
});

function transposed(a: Matrix): Float64Array {
  return Float64Array.from(a.data, (_, at) => a.data[(at % a.rows) * a.cols + Math.floor(at / a.rows)]);
}

describe("varimax", () => {
  it("reaches the criterion and the loadings of another algorithm, up to order and sign", () => {
    const file = golden("varimax.json");
    const [tasks, d] = file.loadings.shape;
    const loadings = matrix(tasks, d, goldenArray(file.loadings));
    const { criterion, rotation, converged } = varimax(loadings);
    expect(converged).toBe(true);
    // Both are at the maximum, where the criterion is flat: 1e-9 in it would be 3e-5 in an angle.
    expect(criterion).toBeCloseTo(file.criterion, 11);
    const rotated = multiply(loadings, rotation);
    const { score } = strongMcc(rotated, matrix(tasks, d, goldenArray(file.rotated)), "pearson");
    expect(score).toBeGreaterThan(1 - 1e-9);
  });
});

describe("linear baselines", () => {
  it("FastICA recovers Laplace latents and, as it must, not Gaussian ones", async () => {
    // 3000 rows: the asymptotic error of logcosh on Laplace sources is about 1/√3000 = .02 a pair, .999 in correlation.
    expect(await mccOf(fastIcaBaseline, mixedData(laplace))).toBeGreaterThan(0.99);
    expect(await mccOf(fastIcaBaseline, mixedData(normal))).toBeLessThan(0.97);
  });

  it("varimax recovers latents that targets share one by one, and not from shuffled targets", async () => {
    const problem = mixedData(normal);
    expect(await mccOf(varimaxBaseline, problem)).toBeGreaterThan(0.99);
    const { values } = problem.data.targets as WideTargets;
    const order = createRandom(9).permutation(ROWS);
    const shuffled = values.data.map(
      (_, at) => values.data[order[Math.floor(at / values.cols)] * values.cols + (at % values.cols)],
    );
    const targets = wide(matrix(ROWS, values.cols, shuffled));
    expect(await mccOf(varimaxBaseline, { ...problem, data: { ...problem.data, targets } })).toBeLessThan(0.97);
  });

  it("transform repeats the latents of the fit and reads no targets", async () => {
    const { data } = mixedData(laplace);
    for (const baseline of [raw, pca, fastIcaBaseline, varimaxBaseline]) {
      const { model, latents } = await fitBaseline(baseline, data, { latentDim: 2 }, createRandom(5));
      const again = await baseline.transform(model, { inputs: data.inputs });
      expect(again.cols).toBe(baseline === raw ? D : 2);
      expect(again).toEqual(latents);
    }
  });

  it("refuses what does not fit", async () => {
    const { data } = mixedData(normal);
    await expect(fitBaseline(pca, data, { latentDim: 4 }, createRandom(0))).rejects.toThrow("from 1 to 3, got 4");
    const { model } = await fitBaseline(pca, data, { latentDim: 2 }, createRandom(0));
    await expect(pca.transform(model, { inputs: matrix(5, 2) })).rejects.toThrow("fitted to 3 columns, got 2");
    expect(() => baselineNamed("pac")).toThrow(/no baseline 'pac'; there are raw, pca/);
    expect([...baselines].every(([name, baseline]) => name === baseline.name)).toBe(true);
  });
});
