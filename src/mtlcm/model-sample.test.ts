import { describe, expect, it } from "vitest";
import { inverse } from "../linalg/lu.ts";
import { type Matrix, matrix, multiply, multiplyTransposed } from "../linalg/matrix.ts";
import { type Moments, mergeMoments } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import { congruence } from "./congruence.ts";
import { fitRatio, misfit } from "./fit-ratio.ts";
import { fittedLaw, modelSample } from "./model-sample.ts";
import { scaled } from "./noisy-likelihood.ts";
import { residualCovariances } from "./residual-covariance.ts";

const DEVIATION = [1, 0.1, 0.5, 0.3, 2, 0.2];

/** Two groups of n rows in every task, of which only the counts and the targets matter here. */
function targetsOf(tasks: number, rows: number, d: number): Moments[] {
  const random = createRandom(1);
  const filled = (make: () => number) => Float64Array.from({ length: tasks }, make);
  return [0, 1].map(() => ({
    dim: d,
    taskNames: Array.from({ length: tasks }, (_, t) => `t${t}`),
    count: filled(() => rows),
    meanH: matrix(tasks, d),
    meanY: filled(() => random.normal()),
    covH: matrix(tasks, d * d),
    covHY: matrix(tasks, d),
    varY: filled(() => random.uniform(0.5, 2)),
    pooled: { count: tasks * rows, mean: new Float64Array(d), covariance: matrix(d, d) },
  }));
}

function lawOf(tasks: number, d: number, level: number) {
  const random = createRandom(2);
  const unmixing = matrix(
    d,
    d,
    Float64Array.from({ length: d * d }, (_, k) => (k % (d + 1) === 0 ? 1 : 0) + 0.3 * random.normal()),
  );
  const noise = scaled(multiplyTransposed(unmixing, unmixing), level);
  const variances = Float64Array.from(
    { length: tasks * d },
    (_, k) => DEVIATION[k % d] ** 2 + noise.data[(k % d) * (d + 1)],
  );
  return { unmixing, noise, variances: matrix(tasks, d, variances) };
}

/** Mean over tasks of R_t n / ν, in latent coordinates, over its expectation, entry by entry on the scale of the diagonal. */
function worstEntry(moments: Moments, { unmixing, noise, variances }: ReturnType<typeof lawOf>, lost = 2): number {
  const { matrices, degrees } = residualCovariances(moments);
  const lambda = congruence(matrices, unmixing);
  const d = unmixing.rows;
  const scale = (j: number) => Math.sqrt(variances.data[j]);
  let worst = 0;
  for (let k = 0; k < d * d; k++) {
    const [i, j] = [Math.floor(k / d), k % d];
    let mean = 0;
    degrees.forEach((nu, t) => {
      mean += (lambda.data[t * d * d + k] * (nu + 2)) / (nu + 2 - lost) / degrees.length;
    });
    const expected = i === j ? variances.data[j] : noise.data[k];
    worst = Math.max(worst, Math.abs(mean - expected) / (scale(i) * scale(j)));
  }
  return worst;
}

describe("modelSample", () => {
  it.each([
    ["without noise", 3, 6, 0],
    ["with noise", 3, 6, 0.05],
    ["with fewer rows than latents", 6, 5, 0],
  ])("has the covariance of the law, with two degrees of freedom spent: %s", (_, d, rows, level) => {
    const tasks = 2000;
    const law = lawOf(tasks, d, level);
    const groups = modelSample(targetsOf(tasks, rows, d), law, createRandom(3));
    // Standard error √(2 / (2000 · 3)) = .018 at most; the mean of one degree too many would be off by a seventh at least.
    for (const moments of [...groups, mergeMoments(groups)]) expect(worstEntry(moments, law)).toBeLessThan(0.08);
    expect(worstEntry(groups[0], law, 1)).toBeGreaterThan(0.1);

    const { matrices, degrees } = residualCovariances(groups[0]);
    const judged = (b: Matrix) => fitRatio(misfit(congruence(matrices, b), degrees, law.noise));
    expect(Math.abs(judged(law.unmixing) - 1)).toBeLessThan(0.1);
    expect(judged(multiply(law.unmixing, inverse(lawOf(tasks, d, 0.05).noise)))).toBeGreaterThan(1.15);
  });

  it("has slopes on the target by chance alone", () => {
    const law = lawOf(2000, 3, 0);
    const [first] = modelSample(targetsOf(2000, 6, 3), law, createRandom(4));
    const shared = multiplyTransposed(first.covHY, law.unmixing);
    // c ~ N(0, Σ q/n): squares of it over that are 1 on average, with a standard error of √(2 / 6000) = .018.
    const ratios = shared.data.map((c, k) => c ** 2 / ((law.variances.data[k] * first.varY[Math.floor(k / 3)]) / 6));
    expect(Math.abs(ratios.reduce((sum, value) => sum + value, 0) / ratios.length - 1)).toBeLessThan(0.08);
  });

  it("comes back in the law that is fitted to it", () => {
    const law = lawOf(2000, 3, 0.05);
    const groups = modelSample(targetsOf(2000, 6, 3), law, createRandom(5));
    const found = fittedLaw(groups, law.unmixing, 0.05, true);
    found.noise.data.forEach((value, k) => void expect(value).toBeCloseTo(law.noise.data[k], 12));
    for (let j = 0; j < 3; j++) {
      let mean = 0;
      for (let t = 0; t < 2000; t++) mean += found.variances.data[t * 3 + j] / law.variances.data[t * 3 + j] / 2000;
      // Standard error √(2 / (2000 · 10)) = .01.
      expect(Math.abs(mean - 1)).toBeLessThan(0.05);
    }
  });
});
