import { describe, expect, it } from "vitest";
import { linearData } from "../../src/data/synthetic/linear.ts";
import { inverse } from "../../src/linalg/lu.ts";
import { type Matrix, matrix, multiplyTransposed } from "../../src/linalg/matrix.ts";
import { strongMcc } from "../../src/metrics/mcc.ts";
import { type Certificate, certify } from "../../src/mtlcm/certificate.ts";
import { solveClosedForm } from "../../src/mtlcm/closed-form.ts";
import { diagonality, FREE } from "../../src/mtlcm/diagonality.ts";
import { mccFloor } from "../../src/mtlcm/hidden-noise-floor.ts";
import { diagonalise } from "../../src/mtlcm/joint-diagonalisation.ts";
import { fitMtlcm, type MtlcmFit } from "../../src/mtlcm/mtlcm.ts";
import { pack } from "../../src/mtlcm/packed-covariances.ts";
import { residualCovariances } from "../../src/mtlcm/residual-covariance.ts";
import { finish } from "../../src/mtlcm/steps.ts";
import { groupMoments, type Moments, mergeMoments, momentsOf } from "../../src/stats/moments.ts";
import { createRandom } from "../../src/stats/random.ts";
import {
  type LinearCase,
  linearCase,
  type MixedCase,
  recovery,
  shuffleWithinTasks,
  wideCase,
  withUninformativeLatents,
} from "../linear-data.ts";

function certified({ h, targets, latents }: Omit<LinearCase, "causal">, maxStarts = 20) {
  const groups = groupMoments(h, targets, 2, createRandom(11));
  const fit = fitMtlcm(mergeMoments(groups), { maxStarts }, createRandom(1));
  const certificate = certify(groups, "long", fit, { maxStarts }, createRandom(2));
  return { fit, certificate, realised: recovery(h, fit.unmixing, latents) };
}

/** The pooled MCC that the true mixing, inverted, gives: observation noise stays in. */
const possible = ({ h, mixing, latents }: MixedCase) => recovery(h, inverse(mixing), latents).score;

/** Whether noise drowns a direction of the mixing. Seeds 4 of d = 5 and 21 of d = 10; σo = .01. */
const isDrowned = (data: MixedCase) => possible(data) < 0.99;

function expectNoise(data: MixedCase, { solver, unmixing }: MtlcmFit, { fitRatio, latents }: Certificate) {
  expect(solver.name).toBe("lbfgs");
  expect(Math.abs((solver.sigmaObs ?? 0) - 0.01)).toBeLessThan(2e-4);
  expect(Math.abs(recovery(data.h, unmixing, data.latents).score - possible(data))).toBeLessThan(0.001);
  // Without allowing for noise it is 3.2 and 6.0.
  expect(fitRatio).toBeLessThan(1.2);
  expect(Math.max(...latents.map(({ noiseShare }) => noiseShare))).toBeGreaterThan(0.1);
  expect(latents.some(({ verdict }) => /of its variance is observation noise/.test(verdict))).toBe(true);
}

const isStrictJson = (certificate: Certificate) => expect(JSON.parse(JSON.stringify(certificate))).toEqual(certificate);

describe("the certificate of data from the model", () => {
  const settings = [
    { seeds: [0, 1, 2, 3, 4], latentDim: 5, causalPerTask: 2, mixing: "random" },
    { seeds: [0, 1, 2, 3, 21], latentDim: 10, causalPerTask: 2, mixing: "random" },
    { seeds: [0, 1, 2, 3], latentDim: 20, causalPerTask: 4, mixing: "random" },
    { seeds: [1], latentDim: 10, causalPerTask: 2, mixing: "identity" },
    { seeds: [1], latentDim: 10, causalPerTask: 2, mixing: "orthogonal" },
  ] as const;

  it.each(settings)("predicts the MCC: d = $latentDim, $mixing mixing", ({ seeds, ...options }) => {
    for (const seed of seeds) {
      const data = linearCase(seed, options);
      const { certificate, realised, fit } = certified(data);
      expect(fit.solver.converged).toBe(true);
      isStrictJson(certificate);
      expect(certificate.modelHolds).toBe(true);
      expect(certificate.groups).toEqual([]);
      expect(Math.abs((certificate.predictedMcc ?? 0) - realised.score)).toBeLessThan(0.005);
      expect(certificate.verdict).toMatch(/^Identified: all/);
      if (isDrowned(data)) expectNoise(data, fit, certificate);
    }
  });

  it("predicts the contamination itself, to a factor of two, where it is large", () => {
    // Effects that keep most of their variance given y: latents are told apart, but only just (MCC .995).
    const options = { latentDim: 10, tasks: 50, rowsPerTask: 30, sigmaS: 1, sigmaObs: 1e-3 };
    let [realised, predicted] = [0, 0];
    for (const seed of [1, 2, 3]) {
      const { certificate, realised: found } = certified(linearCase(seed, options));
      realised += 1 - found.score;
      predicted += 1 - (certificate.predictedMcc ?? 0);
    }
    expect(realised / predicted).toBeGreaterThan(0.5);
    expect(realised / predicted).toBeLessThan(2);
  });

  it("promises no more than is there under noise so heavy that a first step from the closed form misjudges it", () => {
    const options = {
      latentDim: 5,
      causalPerTask: 2,
      tasks: 100,
      rowsPerTask: 50,
      mixing: "random",
      sigmaObs: 0.3,
    } as const;
    const random = createRandom(6).split("confounded, noisy").split("data");
    const { representation: h, targets, truth } = linearData(options, random);
    const promised = (solver: "auto" | "closed-form") => {
      const groups = groupMoments(h, targets, 2, createRandom(11));
      const fit = fitMtlcm(mergeMoments(groups), { solver }, createRandom(1));
      const { latents } = certify(groups, "long", fit, { solver }, createRandom(2));
      const { pairs } = strongMcc(multiplyTransposed(h, fit.unmixing), truth.latents, "pearson");
      return pairs.map(({ left, correlation }) => (latents[left].predictedCorrelation ?? 0) - Math.abs(correlation));
    };
    // By as much as the noise, estimated to 3 %, is uncertain where it is four fifths of a latent.
    expect(Math.max(...promised("auto"))).toBeLessThan(0.1);
    expect(Math.max(...promised("closed-form"))).toBeGreaterThan(0.3);
  });

  it("bounds noise that an orthogonal mixing hides, and need not where a general one shows it", () => {
    for (const seed of [0, 4]) {
      const { certificate, realised } = certified(
        linearCase(seed, { latentDim: 10, causalPerTask: 2, mixing: "orthogonal", sigmaObs: 0.3 }),
      );
      expect(realised.score).toBeLessThan(0.96);
      expect(certificate.predictedMcc).toBeGreaterThan(0.999);
      // Of what rows of 100 show, the bound is an upper limit: less than half as much again as the noise that is there, .08.
      expect(mccFloor(certificate)).toBeLessThan(realised.score);
      expect(mccFloor(certificate)).toBeGreaterThan(0.93);
    }
    const shown = linearCase(1, { latentDim: 5, causalPerTask: 2, mixing: "random", sigmaObs: 0.03 });
    expect(Math.max(...certified(shown).certificate.latents.map(({ hiddenNoise }) => hiddenNoise ?? 1))).toBe(0);
  });

  it("is not disturbed by many rows, where a fit ratio of two is reached by trifles", () => {
    const { certificate } = certified(linearCase(2, { latentDim: 5, rowsPerTask: 2000 }));
    expect(certificate.fitRatio).toBeGreaterThan(2);
    expect(certificate.residualCorrelation).toBeLessThan(0.1);
    expect(certificate.modelHolds).toBe(true);
  });

  it("holds for a single latent", () => {
    const { certificate } = certified(linearCase(1, { latentDim: 1, causalPerTask: 1 }));
    expect(certificate).toMatchObject({ fitRatio: 1, pairs: [], groups: [], predictedMcc: 1 });
  });

  it("halves the tasks where tasks have too few rows to be halved", () => {
    // The truth is the latents within h, which noise in h would hide; 8 rows leave 6 degrees of freedom.
    const data = linearCase(4, { latentDim: 3, causalPerTask: 1, tasks: 100, rowsPerTask: 8, sigmaObs: 1e-4 });
    const { certificate, realised } = certified(data);
    expect(certificate).toMatchObject({ split: "tasks", modelHolds: true, groups: [] });
    expect(realised.score).toBeGreaterThan(0.999);
    // Contamination to a factor of five: of three latents from one data set, each a sum of two squares.
    const error = (score: number) => Math.log(1 - score);
    expect(Math.abs(error(realised.score) - error(certificate.predictedMcc ?? 0))).toBeLessThan(Math.log(5));
    expect(certified(linearCase(4, { latentDim: 3, causalPerTask: 1, tasks: 20 })).certificate.split).toBe("rows");
  });

  it("says that nothing is identified of tasks of few rows without a signal", () => {
    const none = linearCase(4, { latentDim: 3, causalPerTask: 1, tasks: 100, rowsPerTask: 8, sigmaS: 1000 });
    const { certificate, realised } = certified(none);
    expect(realised.score).toBeLessThan(0.95);
    expect(certificate).toMatchObject({ split: "tasks", predictedMcc: null });
  });
});

describe("the certificate of data that are not", () => {
  it.each([1, 2])("says that the model does not hold when targets are shuffled within tasks (seed %i)", (seed) => {
    const data = linearCase(seed, { latentDim: 7 });
    // Few starts: without structure they never agree, and more of them only take longer.
    const { certificate } = certified({ ...data, targets: shuffleWithinTasks(data.targets, createRandom(seed)) }, 4);
    expect(certificate.fitRatio).toBeGreaterThan(9);
    expect(certificate.predictedMcc).toBeNull();
    expect(certificate.verdict).toMatch(/model does not hold/);
    for (const { verdict } of certificate.latents) expect(verdict).toMatch(/model does not hold, stable to/);
    isStrictJson(certificate);
  });

  it.each([1, 2])("says that nothing is identified when latents do not vary between tasks (seed %i)", (seed) => {
    const informative = linearCase(seed, { latentDim: 1, causalPerTask: 1 });
    const data = withUninformativeLatents({ ...informative, latents: noLatents(informative.latents.rows) }, 10, seed);
    const { certificate, realised } = certified(data);
    expect(realised.score).toBeLessThan(0.8);
    expect(certificate.modelHolds).toBe(true);
    expect(certificate.groups).toEqual([[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]]);
    expect(certificate.verdict).toMatch(/^Not identified/);
    expect(new Set(certificate.latents.map(({ verdict }) => verdict))).toEqual(new Set(["not identified"]));
  });

  it.each([1, 2])("finds exactly the half of the latents that carry no information (seed %i)", (seed) => {
    const data = withUninformativeLatents(linearCase(seed, { latentDim: 5 }), 5, seed);
    const { certificate, realised } = certified(data);
    expect(certificate.groups.length).toBe(1);
    const uninformative = certificate.groups[0].map((j) => realised.right[j]).sort((a, b) => a - b);
    expect(uninformative).toEqual([5, 6, 7, 8, 9]);
    expect(certificate.predictedMcc).toBeNull();
    expect(certificate.verdict).toMatch(/^Identified in part: 5 of 10/);
    certificate.latents.forEach(({ predictedCorrelation, verdict }, j) => {
      if (certificate.groups[0].includes(j)) expect(verdict).toMatch(/only as part of group/);
      else expect(predictedCorrelation).toBeGreaterThan(0.999);
    });
  });

  it.each([1, 2])("says that the model does not hold when effects share a hidden cause (seed %i)", (seed) => {
    for (const sigmaObs of [0.01, 0.1]) {
      const { certificate } = certified(linearCase(seed, { latentDim: 10, tasks: 100, confounding: 0.5, sigmaObs }));
      expect(certificate.modelHolds).toBe(false);
      expect(certificate.predictedMcc).toBeNull();
      expect(certificate.splitHalfMcc).toBeGreaterThan(0.99);
    }
  });

  it.each([1, 4])("does not take latents that are bent for noise (seed %i)", (seed) => {
    const data = linearCase(seed, { latentDim: 10, tasks: 100, sigmaObs: 0 });
    const { certificate, realised } = certified({ ...data, h: multiplyTransposed(bent(data.latents), data.mixing) }, 4);
    expect(realised.score).toBeLessThan(0.9);
    expect(certificate.modelHolds).toBe(false);
    expect(certificate.predictedMcc).toBeNull();
  });
});

describe("the certificate of tasks of few rows", () => {
  const options = { latentDim: 5, causalPerTask: 2, mixing: "orthogonal", sigmaObs: 0 } as const;

  it("holds where an unmixing of few rows is all that is inexact, and not where latents are bent, which shows no more", () => {
    const exact = certified(linearCase(0, { ...options, rowsPerTask: 10 }));
    expect(exact.realised.score).toBeGreaterThan(0.9999);
    expect(exact.certificate.modelHolds).toBe(true);
    expect(exact.certificate.predictedMcc).toBeGreaterThan(0.999);

    const data = linearCase(0, { ...options, rowsPerTask: 15 });
    const h = matrix(
      data.h.rows,
      data.h.cols,
      data.h.data.map((x) => Math.tanh(0.7 * x)),
    );
    const { certificate, realised } = certified({ ...data, h });
    expect(realised.score).toBeLessThan(0.98);
    expect(certificate).toMatchObject({ modelHolds: false, predictedMcc: null });
    // No bound on the misfit itself could have said so.
    expect(exact.certificate.residualCorrelation).toBeGreaterThan(certificate.residualCorrelation);
    expect(certificate.fitRatio).toBeLessThan(1.6);
    expect(certified(data).certificate.modelHolds).toBe(true);
  });
});

describe("the certificate of wide data", () => {
  const run = (density: number, { rows = 4000, tasks = 30 } = {}) => {
    const { h, targets } = wideCase(5, { dim: 6, tasks, rows, density });
    const groups = groupMoments(h, targets, 32, createRandom(3));
    const fit = fitMtlcm(mergeMoments(groups), {}, createRandom(1));
    return certify(groups, "wide", fit, {}, createRandom(2));
  };

  it("explains that the model cannot hold exactly, and rests on resampling", () => {
    const certificate = run(0.3);
    expect(certificate.modelHolds).toBe(false);
    expect(certificate.groups).toEqual([]);
    expect(certificate.predictedMcc).toBeGreaterThan(0.99);
    expect(certificate.verdict).toMatch(/does not hold exactly .* every row carries every target/);
    isStrictJson(certificate);
  });

  it("finds nothing in targets that have nothing to do with the representation", () => {
    const certificate = run(0);
    expect(certificate.groups).toEqual([[0, 1, 2, 3, 4, 5]]);
    expect(certificate.verdict).toMatch(/^Not identified/);
  });

  it("takes latents that no target shows for a group, with fewer targets than latents", () => {
    const certificate = run(0.5, { tasks: 3 });
    expect(certificate.groups).toEqual([[3, 4, 5]]);
    expect(certificate.predictedMcc).toBeNull();
  });

  it("is not fooled by ten million rows without a signal, where the criterion is flat to rounding", () => {
    const { h, targets } = wideCase(5, { dim: 15, tasks: 5, rows: 20_000, density: 0 });
    const groups = groupMoments(h, targets, 32, createRandom(3)).map((group) => asOfMoreRows(group, 500));
    const fit = fitMtlcm(mergeMoments(groups), {}, createRandom(1));
    const certificate = certify(groups, "wide", fit, {}, createRandom(2));
    expect(certificate.splitHalfMcc).toBeLessThan(0.7);
    expect(certificate.groups.flat().length).toBe(15);
    expect(certificate.verdict).toMatch(/^Not identified/);
  });
});

/** The moments of standard normals as `factor` times as many rows would show them: deviations from expectation shrink. */
function asOfMoreRows(moments: Moments, factor: number): Moments {
  const { dim: d, count, pooled } = moments;
  const shrunk = (x: Float64Array) => x.map((value) => value / Math.sqrt(factor));
  const nearIdentity = (x: Float64Array) =>
    x.map((value, k) => {
      const expected = Math.floor((k % (d * d)) / d) === k % d ? 1 : 0;
      return expected + (value - expected) / Math.sqrt(factor);
    });
  return {
    ...moments,
    count: count.map((n) => n * factor),
    meanH: { ...moments.meanH, data: shrunk(moments.meanH.data) },
    meanY: shrunk(moments.meanY),
    covH: { ...moments.covH, data: nearIdentity(moments.covH.data) },
    covHY: { ...moments.covHY, data: shrunk(moments.covHY.data) },
    pooled: {
      count: pooled.count * factor,
      mean: shrunk(pooled.mean),
      covariance: { ...pooled.covariance, data: nearIdentity(pooled.covariance.data) },
    },
  };
}

describe("the global search", () => {
  it("ends at the optimum with d = 20, k = 4 and orthogonal mixing", () => {
    for (let seed = 1; seed <= 3; seed++) {
      const { representation, targets, truth } = linearData(
        { latentDim: 20, causalPerTask: 4, mixing: "orthogonal" },
        createRandom(seed),
      );
      const set = residualCovariances(momentsOf(representation, targets));
      const found = finish(solveClosedForm(set, FREE, {}, createRandom(seed)));
      const fromTruth = finish(diagonalise(pack(set), inverse(truth.mixing), { bounds: FREE }));
      expect(fromTruth.converged).toBe(true);
      // solveClosedForm reports the value in nats, with its ½ d log 2π.
      const value = diagonality(pack(set), found.unmixing, FREE).value;
      expect(value).toBeLessThan(fromTruth.value + 1e-9);
      expect(recovery(representation, found.unmixing, truth.latents).score).toBeGreaterThan(0.9995);
    }
  });
});

/** Every latent mixed with its neighbour's square and hyperbolic tangent: no linear map gives the latents back. */
function bent({ rows, cols, data }: Matrix): Matrix {
  const neighbour = (k: number) => data[k - (k % cols) + (((k % cols) + 1) % cols)];
  return matrix(
    rows,
    cols,
    data.map((z, k) => z + 0.3 * z * z + 0.5 * Math.tanh(2 * neighbour(k))),
  );
}

const noLatents = (rows: number) => ({ rows, cols: 0, data: new Float64Array(0) });
