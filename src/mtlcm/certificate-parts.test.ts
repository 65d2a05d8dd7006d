import { describe, expect, it } from "vitest";
import { identity, type Matrix, matrix, matrixFromRows, multiply, multiplyTransposed } from "../linalg/matrix.ts";
import { createRandom, type Random } from "../stats/random.ts";
import { contamination, couplings, predictedCorrelations } from "./contamination.ts";
import { fitRatio, misfit, residualCorrelation } from "./fit-ratio.ts";
import { matchUnmixing } from "./matching.ts";
import { mixingPartners } from "./mixing.ts";
import { judgePairs, separationScores, unresolvedGroups } from "./pair-separation.ts";
import { randomOrthogonal } from "./starting-points.ts";
import { latentVerdicts, overallVerdict } from "./verdict.ts";

/** Sample covariances (divisor ν) of d independent latents with the given variances and pairwise correlation. */
function sampleCovariances(
  d: number,
  tasks: number,
  nu: number,
  random: Random,
  deviation: (t: number, j: number) => number = () => 1,
  correlation = 0,
): Matrix {
  const result = matrix(tasks, d * d);
  for (let t = 0; t < tasks; t++) {
    for (let row = 0; row < nu; row++) {
      const shared = Math.sqrt(correlation) * random.normal();
      const z = Array.from(
        { length: d },
        (_, j) => deviation(t, j) * (shared + Math.sqrt(1 - correlation) * random.normal()),
      );
      for (let i = 0; i < d; i++) {
        for (let j = 0; j < d; j++) result.data[t * d * d + i * d + j] += (z[i] * z[j]) / nu;
      }
    }
  }
  return result;
}

describe("misfit", () => {
  it("expects exactly what independent latents show, even with hardly more rows than latents", () => {
    const random = createRandom(1);
    for (const [d, nu] of [
      [4, 8],
      [10, 13],
      [6, 60],
    ]) {
      const tasks = 300;
      const lambda = sampleCovariances(d, tasks, nu, random);
      // The relative standard error is about √(2 / (tasks · pairs)) ≤ .035; the χ² value would be off by .2 to .9.
      expect(Math.abs(fitRatio(misfit(lambda, new Float64Array(tasks).fill(nu), matrix(d, d))) - 1)).toBeLessThan(0.1);
    }
  });

  it("measures the correlation that is there, whatever the number of rows", () => {
    const random = createRandom(2);
    for (const nu of [50, 500]) {
      const degrees = new Float64Array(100).fill(nu);
      const found = misfit(sampleCovariances(3, 100, nu, random, undefined, 0.3), degrees, matrix(3, 3));
      expect(Math.abs(residualCorrelation(found) - 0.3)).toBeLessThan(0.04);
      expect(fitRatio(found)).toBeGreaterThan(nu * 0.06);
    }
  });
});

describe("misfit with noise", () => {
  // Latents of variance .02 to 1 that share noise of about their size, as an ill-conditioned mixing leaves it.
  const d = 5;
  const random = createRandom(7);
  const mix = matrix(
    d,
    d,
    Float64Array.from({ length: d * d }, () => 0.3 * random.normal()),
  );
  const noise = multiplyTransposed(mix, mix);
  const noisy = (tasks: number, nu: number) => {
    const lambda = matrix(tasks, d * d);
    for (let t = 0; t < tasks; t++) {
      const deviation = Array.from({ length: d }, () => (random.uniform() < 0.5 ? 1 : 0.14));
      for (let row = 0; row < nu; row++) {
        const e = multiplyTransposed(
          matrix(
            1,
            d,
            Float64Array.from({ length: d }, () => random.normal()),
          ),
          mix,
        ).data;
        const z = e.map((value, j) => value + deviation[j] * random.normal());
        z.forEach((zi, i) => {
          z.forEach((zj, j) => {
            lambda.data[t * d * d + i * d + j] += (zi * zj) / nu;
          });
        });
      }
    }
    return lambda;
  };

  it.each([
    [48, 300, 3],
    [12, 600, 1.5],
    [5, 600, 1.2],
  ])(
    "is what sampling explains when the noise is allowed for, and more when it is not (ν = %i)",
    (nu, tasks, least) => {
      const lambda = noisy(tasks, nu);
      const degrees = new Float64Array(tasks).fill(nu);
      // Standard error √(2 / (10 tasks)) ≤ .026; the expectation is exact only without noise.
      expect(Math.abs(fitRatio(misfit(lambda, degrees, noise)) - 1)).toBeLessThan(0.1);
      expect(fitRatio(misfit(lambda, degrees, matrix(d, d)))).toBeGreaterThan(least);
    },
  );

  it("does not explain latents that depend on each other", () => {
    const lambda = sampleCovariances(d, 200, 48, createRandom(8), undefined, 0.4);
    for (const share of [0.1, 1]) {
      const scaledNoise = matrix(
        d,
        d,
        noise.data.map((value) => share * value),
      );
      expect(fitRatio(misfit(lambda, new Float64Array(200).fill(48), scaledNoise))).toBeGreaterThan(4);
    }
  });
});

describe("separationScores", () => {
  const degrees = new Float64Array(100).fill(40);

  it("are standard normal where variances do not differ, large where they do", () => {
    const random = createRandom(3);
    const flat = judgePairs(separationScores(sampleCovariances(8, 100, 40, random), degrees, matrix(8, 8)));
    expect(Math.max(...flat.map(({ z }) => Math.abs(z)))).toBeLessThan(4);
    const mean = flat.reduce((sum, { z }) => sum + z, 0) / flat.length;
    expect(Math.abs(mean)).toBeLessThan(0.6);

    const own = createRandom(4);
    const deviations = Float64Array.from({ length: 300 }, () => Math.exp(own.normal()));
    const varied = sampleCovariances(3, 100, 40, random, (t, j) => (j < 2 ? deviations[t] : deviations[t + 100 * j]));
    const [between, ...others] = judgePairs(separationScores(varied, degrees, matrix(3, 3)));
    expect(between).toMatchObject({ i: 0, j: 1, separated: false });
    for (const { separated, z } of others) expect([separated, z > 30]).toEqual([true, true]);
  });

  it("do not take noise for a difference", () => {
    // Both latents' own variances go up and down together; the second carries noise of variance .5 on top.
    const random = createRandom(9);
    const deviations = Float64Array.from({ length: 100 }, (_, t) => (t % 2 === 0 ? 1 : 0.2));
    const shown = sampleCovariances(2, 100, 40, random, (t, j) => Math.sqrt(deviations[t] ** 2 + (j === 0 ? 0 : 0.5)));
    const noise = matrixFromRows([
      [0, 0],
      [0, 0.5],
    ]);
    expect(separationScores(shown, degrees, noise).data[1]).toBeLessThan(3);
    expect(separationScores(shown, degrees, matrix(2, 2)).data[1]).toBeGreaterThan(30);
    // … and still sees a difference beneath it.
    const apart = sampleCovariances(2, 100, 40, random, (t, j) => (j === 0 ? 1 : Math.sqrt(deviations[t] ** 2 + 0.5)));
    expect(separationScores(apart, degrees, noise).data[1]).toBeGreaterThan(10);
  });

  it("are no evidence from a single task", () => {
    expect(
      separationScores(sampleCovariances(2, 1, 40, createRandom(1)), Float64Array.of(40), matrix(2, 2)).data[1],
    ).toBe(0);
  });
});

describe("unresolvedGroups", () => {
  it("joins latents through chains of unseparated pairs", () => {
    const pair = (i: number, j: number) => ({ i, j, z: 0, separated: false });
    expect(unresolvedGroups(7, [pair(1, 4), pair(4, 6), pair(0, 2), { i: 0, j: 1, z: 9, separated: true }])).toEqual([
      [0, 2],
      [1, 4, 6],
    ]);
    expect(unresolvedGroups(2, [])).toEqual([]);
  });
});

describe("couplings and predictedCorrelations", () => {
  it("are unbiased, with noise and without", () => {
    const tasks = 2000;
    const [weights, degrees] = [new Float64Array(tasks).fill(1 / tasks), new Float64Array(tasks).fill(12)];
    // Of variances 1 noise makes up 0, .3 and .6.
    for (const share of [0, 0.3, 0.6]) {
      const noise = matrixFromRows([
        [share, 0],
        [0, share],
      ]);
      const { own, shared } = couplings(sampleCovariances(2, tasks, 12, createRandom(5)), weights, degrees, noise);
      // sd of F(12, 12) is about .9, over √2000; without the correction the mean is 1.2.
      for (const found of [own.data[1], own.data[2], shared.data[1]]) {
        expect(Math.abs(found - (1 - share) ** 2)).toBeLessThan(0.08);
      }
      if (share === 0) expect(shared.data[1]).toBeCloseTo(1, 12);
    }
  });

  it("follow the formula, and promise nothing where the curvature is not positive or all is noise", () => {
    const own = matrixFromRows([
      [1, 3],
      [2, 1],
    ]);
    const shared = matrix(2, 2, new Float64Array(4).fill(1));
    const [first, second] = predictedCorrelations(contamination({ own, shared }, 100), new Float64Array(2));
    expect(first).toBeCloseTo((1 + 2 / (100 * 5)) ** -0.5, 14);
    expect(second).toBeCloseTo((1 + 3 / (100 * 5)) ** -0.5, 14);
    const flat = contamination({ own: shared, shared }, 100);
    expect([...predictedCorrelations(flat, new Float64Array(2))]).toEqual([0, 0]);
    // Many rows leave no contamination: the correlation with a latent that is half noise is √½.
    const [half, none] = predictedCorrelations(contamination({ own, shared }, 1e12), Float64Array.of(0.5, 1));
    expect([half, none]).toEqual([expect.closeTo(Math.SQRT1_2, 6), 0]);
  });
});

describe("matchUnmixing", () => {
  it("undoes order, sign and scale", () => {
    const reference = randomOrthogonal(4, createRandom(6));
    const shuffle = matrixFromRows([
      [0, -2, 0, 0],
      [0, 0, 0, 5],
      [0.1, 0, 0, 0],
      [0, 0, -1, 0],
    ]);
    const { unmixing, correlation } = matchUnmixing(reference, multiply(shuffle, reference), identity(4));
    unmixing.data.forEach((value, k) => {
      expect(value).toBeCloseTo(reference.data[k], 12);
    });
    for (const r of correlation) expect(r).toBeCloseTo(1, 12);
  });
});

describe("mixingPartners", () => {
  it("names latents that cannot be told apart first, then those with a notable share, the worst first", () => {
    const leakage = matrixFromRows([
      [0, 0.3, 0.05, 0.2],
      [0.4, 0, 0.01, 0.01],
      [0.01, 0.09, 0, 9],
      [0.6, 0.01, 9, 0],
    ]);
    const pairs = judgePairs(
      matrixFromRows([
        [0, 9, 9, 9],
        [9, 0, 4, 9],
        [9, 4, 0, 1],
        [9, 9, 1, 0],
      ]),
    );
    expect(mixingPartners(leakage, pairs)).toEqual([
      [
        { latent: 1, leakage: 0.3, z: 9 },
        { latent: 3, leakage: 0.2, z: 9 },
      ],
      [
        { latent: 0, leakage: 0.4, z: 9 },
        { latent: 2, leakage: 0.01, z: 4 },
      ],
      [
        { latent: 3, leakage: null, z: 1 },
        { latent: 1, leakage: 0.09, z: 4 },
      ],
      [
        { latent: 2, leakage: null, z: 1 },
        { latent: 0, leakage: 0.6, z: 9 },
      ],
    ]);
  });
});

describe("verdicts", () => {
  const partner = (latent: number, leakage: number | null = null, z = leakage === null ? 1 : 9) => ({
    latent,
    leakage,
    z,
  });
  const latents = [
    { predictedCorrelation: null, noiseShare: 0, splitHalfCorrelation: 0.5, mixesWith: [partner(2), partner(1, 0.2)] },
    { predictedCorrelation: 0.9991, noiseShare: 0, splitHalfCorrelation: 0.999, mixesWith: [] },
    { predictedCorrelation: null, noiseShare: 0, splitHalfCorrelation: 0.6, mixesWith: [partner(0)] },
    { predictedCorrelation: 0.9, noiseShare: 0, splitHalfCorrelation: 0.8, mixesWith: [partner(1, 0.45)] },
  ];
  const findings = {
    layout: "long",
    modelHolds: true,
    fitRatio: 1.02,
    groups: [[0, 2]],
    splitHalfMcc: 0.7,
    split: "rows",
    latents,
  } as const;

  it("name the group, the partners, the exactness and the reservation", () => {
    expect(latentVerdicts(findings)).toEqual([
      "weakly identified, only as part of group {z0, z2}; mixes with z2 and z1 (0.20)",
      "identified, expected correlation 0.9991 with the truth",
      "weakly identified, only as part of group {z0, z2}; mixes with z0",
      "weakly identified, expected correlation 0.90 with the truth; mixes with z1 (0.45)",
    ]);
    expect(overallVerdict(findings)).toBe("Identified in part: 2 of 4 latents; {z0, z2} only as a group.");
    const failing = { ...findings, modelHolds: false, fitRatio: 12 };
    expect(overallVerdict(failing)).toMatch(/does not hold \(fit ratio 12\.0/);
    expect(latentVerdicts(failing)[1]).toBe("the model does not hold, stable to 0.9990 between halves of the rows");
    const unresolved = { ...findings, groups: [[0, 1, 2, 3]] };
    expect(overallVerdict(unresolved)).toMatch(/^Not identified/);
    expect(latentVerdicts(unresolved)[1]).toBe("not identified");
  });

  it("say how much of a latent is noise, and how much more may be", () => {
    const noisy = { ...findings, latents: latents.map((latent) => ({ ...latent, noiseShare: 0.19 })) };
    expect(latentVerdicts(noisy)[1]).toMatch(/0\.9991 with the truth; 19 % of its variance is observation noise$/);
    const interval = { low: 0.8985, median: 0.9, high: 0.9036 };
    expect(latentVerdicts(noisy, [interval, interval, interval, interval])[1]).toMatch(/^weakly .*\(0\.90 to 0\.90\)/);
    const hidden = { ...findings, latents: latents.map((latent) => ({ ...latent, hiddenNoise: 0.0123 })) };
    expect(latentVerdicts(hidden)[1]).toBe(
      "identified, expected correlation 0.9991 with the truth; no less than 0.9929 if noise in h that does not show is as " +
        "large as it can be, 1.2 % of its variance",
    );
    expect(overallVerdict(hidden)).toBe(
      "Identified in part: 2 of 4 latents; {z0, z2} only as a group; noise in h that does not show may be up to 1.2 % of a latent.",
    );
    const trifling = { ...findings, latents: latents.map((latent) => ({ ...latent, hiddenNoise: 0.004 })) };
    expect(latentVerdicts(trifling)).toEqual(latentVerdicts(findings));
    expect(overallVerdict(trifling)).toBe(overallVerdict(findings));
  });

  it("call a latent weak that is only just told apart from another, however exact it seems", () => {
    const edge = { ...latents[1], mixesWith: [partner(3, 0.12), partner(0, 0.03, 3.4)] };
    expect(latentVerdicts({ ...findings, latents: [latents[0], edge, latents[2], latents[3]] })[1]).toBe(
      "weakly identified, expected correlation 0.9991 with the truth; only just told apart from z0; mixes with z3 (0.12)",
    );
  });

  it("name the latents that are others in a solution that fits as well", () => {
    const rivals = [{ latents: [1, 3], correlation: 0.912 }];
    const known = { ...findings, groups: [], rivals };
    const clause =
      "another solution fits the data as well, in which z1 and z3 are turned into each other (correlation 0.91)";
    expect(latentVerdicts(known)[1]).toBe(`weakly identified: ${clause}`);
    expect(latentVerdicts(known)[0]).not.toMatch(/another/);
    expect(overallVerdict(known)).toBe(`Identified in part: 2 of 4 latents; ${clause}.`);
    const failing = { ...known, modelHolds: false };
    expect(latentVerdicts(failing)[3]).toMatch(/^the model does not hold, .*; another solution fits/);
    expect(overallVerdict(failing)).toMatch(/need not be causal factors\. Another solution fits/);
    expect(overallVerdict({ ...known, groups: [[0, 2]], rivals: [{ latents: [1], correlation: 0.5 }] })).toBe(
      "Identified in part: 1 of 4 latents; {z0, z2} only as a group; another solution fits the data as well, in which z1 is " +
        "another (correlation 0.50).",
    );
  });

  it("take the intervals of a bootstrap in, of which a low end can make a latent weak", () => {
    const interval = (low: number, high: number) => ({ low, median: (low + high) / 2, high });
    const wide = interval(0.2, 0.999);
    expect(latentVerdicts(findings, [wide, interval(0.9985, 0.9996), wide, wide])[1]).toBe(
      "identified, expected correlation 0.9991 (0.9985 to 0.9996) with the truth",
    );
    expect(latentVerdicts(findings, [wide, wide, wide, wide])[1]).toMatch(/^weakly identified, .*\(0\.20 to 0\.9990\)/);
  });
});
