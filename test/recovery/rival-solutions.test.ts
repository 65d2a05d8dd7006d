import { describe, expect, it } from "vitest";
import { identity, type Matrix, matrix, matrixFromRows, multiplyTransposed } from "../../src/linalg/matrix.ts";
import { certify } from "../../src/mtlcm/certificate.ts";
import { FREE } from "../../src/mtlcm/diagonality.ts";
import { fitMtlcm } from "../../src/mtlcm/mtlcm.ts";
import { rotateRows } from "../../src/mtlcm/plane-rotation.ts";
import { residualsOf } from "../../src/mtlcm/residual-covariance.ts";
import { riseErrorOfGroups, riseErrorOfTasks } from "../../src/mtlcm/rise-error.ts";
import { secondMoments } from "../../src/mtlcm/second-moments.ts";
import { groupMoments, mergeMoments, momentsOf } from "../../src/stats/moments.ts";
import { createRandom, type Random } from "../../src/stats/random.ts";
import type { Targets } from "../../src/stats/targets.ts";

const MIXING = matrixFromRows([
  [1, 0.3, -0.5],
  [0.2, 1.1, 0.4],
  [-0.6, 0.1, 0.9],
]);

/**
 * Three latents, of which the plane of the first two is seen from four directions, by 45° apart, each by one target; the third has
 * two of its own. To turn the plane by 45° puts targets of the one strength in the place of those of the other.
 */
function wideStar(rows: number, strengths: readonly [number, number], random: Random, mixing = MIXING) {
  const latents = matrix(
    rows,
    3,
    Float64Array.from({ length: rows * 3 }, () => random.normal()),
  );
  const [a, b] = strengths;
  const directions = [
    ...[0, 1, 2, 3].map((k) => {
      const strength = k % 2 === 0 ? a : b;
      return [strength * Math.cos((k * Math.PI) / 4), strength * Math.sin((k * Math.PI) / 4), 0];
    }),
    [0, 0, 0.9],
    [0, 0, 0.8],
  ];
  const values = multiplyTransposed(latents, matrixFromRows(directions));
  const noise = directions.map((u) => Math.sqrt(1 - u.reduce((sum, x) => sum + x * x, 0)));
  values.data.forEach((value, k) => {
    values.data[k] = value + (noise[k % 6] ?? 0) * random.normal();
  });
  const targets: Targets = { layout: "wide", values, taskNames: directions.map((_, t) => `y${t}`) };
  return { h: multiplyTransposed(latents, mixing), targets };
}

/** Tasks whose first two latents are independent, and, of the `turned` share, tasks in which they are after a turn by 45°. */
function longStar(tasks: number, rowsPerTask: number, turned: number, random: Random, mixing = MIXING) {
  const rows = tasks * rowsPerTask;
  const latents = matrix(rows, 3);
  const task = Int32Array.from({ length: rows }, (_, i) => Math.floor(i / rowsPerTask));
  const deviations = Array.from({ length: tasks }, (_, t) => (Math.floor(t / 2) % 2 === 0 ? [1, 0.1] : [0.1, 1]));
  task.forEach((t, i) => {
    const [x = 0, y = 0] = (deviations[t] ?? []).map((deviation) => deviation * random.normal());
    const isTurned = ((t * 7) % tasks) / tasks < turned;
    latents.data[3 * i] = isTurned ? (x + y) * Math.SQRT1_2 : x;
    latents.data[3 * i + 1] = isTurned ? (x - y) * Math.SQRT1_2 : y;
    latents.data[3 * i + 2] = (t % 3 === 0 ? 1 : 0.3) * random.normal();
  });
  const values = Float64Array.from({ length: rows }, () => random.normal());
  const targets: Targets = {
    layout: "long",
    task,
    values,
    taskNames: Array.from({ length: tasks }, (_, t) => `y${t}`),
  };
  return { h: multiplyTransposed(latents, mixing), targets };
}

function certified({ h, targets }: { readonly h: Matrix; readonly targets: Targets }) {
  const { layout } = targets;
  const groups = groupMoments(h, targets, layout === "wide" ? 32 : 2, createRandom(11));
  const fit = fitMtlcm(mergeMoments(groups), { solver: "closed-form" }, createRandom(1));
  return certify(groups, layout, fit, { solver: "closed-form" }, createRandom(2));
}

describe("a rival solution", () => {
  it("takes back what curvature and refits from the fit promise (wide)", () => {
    // The rise of either of two equal minima is within two standard errors in 95 of 100 samples: 5 of 8 are a chance of 1 in 200.
    let found = 0;
    for (let seed = 0; seed < 8; seed++) {
      const certificate = certified(wideStar(3000, [0.97, 0.97], createRandom(seed)));
      expect(certificate.pairs.every(({ z }) => z > 50)).toBe(true);
      const [rival, ...more] = certificate.rivals ?? [];
      if (rival === undefined) continue;
      found++;
      expect(more).toEqual([]);
      expect(rival.latents.length).toBe(2);
      expect(Math.abs(rival.correlation - Math.SQRT1_2)).toBeLessThan(0.02);
      expect(Math.abs(rival.rise)).toBeLessThan(2 * rival.standardError);
      expect(certificate.predictedMcc).toBeNull();
      expect(certificate.verdict).toMatch(
        /1 of 3 latents; another solution fits the data as well, in which z\d and z\d are turned/,
      );
      for (const [j, { verdict, predictedCorrelation }] of certificate.latents.entries()) {
        expect(/^weakly identified: another solution/.test(verdict)).toBe(rival.latents.includes(j));
        expect(predictedCorrelation === null).toBe(rival.latents.includes(j));
      }
    }
    expect(found).toBeGreaterThanOrEqual(6);
  });

  it("is none where the data tell the two minima apart, or there is one", () => {
    for (const strengths of [
      [0.97, 0.94],
      [0.97, 0.5],
    ] as const) {
      const { rivals, groups, predictedMcc } = certified(wideStar(3000, strengths, createRandom(4)));
      expect([rivals, groups]).toEqual([[], []]);
      expect(predictedMcc).toBeGreaterThan(0.99);
    }
  });

  it("is found among tasks with rows of their own, unless more of these say otherwise (long)", () => {
    const { rivals, verdict } = certified(longStar(40, 100, 0.5, createRandom(5)));
    expect(rivals?.length).toBe(1);
    expect(Math.abs((rivals?.[0]?.correlation ?? 0) - Math.SQRT1_2)).toBeLessThan(0.05);
    expect(verdict).toMatch(/Another solution fits the data as well, in which/);
    expect(certified(longStar(40, 100, 0.25, createRandom(5))).rivals).toEqual([]);
  });
});

describe("the standard error of a rise", () => {
  // 100 replicates tell a standard deviation to 7 %; four of these, and what non-normal rows and the finite groups add.
  const REPLICATES = 100;
  const turned = rotateRows(identity(3), 0, 1, Math.PI / 4);
  const unmixings = [identity(3), turned] as const;
  const spread = (x: readonly number[]) => {
    const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
    return Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (x.length - 1));
  };
  const level = ({ weights, matrices }: ReturnType<typeof residualsOf>, b: Matrix) =>
    weights.reduce((sum, weight, t) => {
      const r = matrix(3, 3, matrices.data.slice(9 * t, 9 * t + 9));
      const shown = multiplyTransposed(multiplyTransposed(b, r), b);
      return sum + (weight / 2) * [0, 4, 8].reduce((logs, k) => logs + Math.log(shown.data[k]), 0);
    }, 0);

  it.each(["long", "wide"] as const)("is its spread over samples (%s)", (layout) => {
    const [rises, errors]: [number[], number[]] = [[], []];
    for (let k = 0; k < REPLICATES; k++) {
      const random = createRandom(k);
      const { h, targets } =
        layout === "long" ? longStar(12, 40, 0.5, random, identity(3)) : wideStar(600, [0.9, 0.8], random, identity(3));
      const moments = secondMoments(momentsOf(h, targets), true);
      const set = residualsOf(moments);
      rises.push(level(set, turned) - level(set, unmixings[0]));
      const error =
        layout === "long"
          ? riseErrorOfTasks(set, unmixings, FREE)
          : riseErrorOfGroups(groupMoments(h, targets, 30, random), moments, unmixings, {});
      errors.push(error / REPLICATES);
    }
    const ratio = errors.reduce((sum, error) => sum + error, 0) / spread(rises);
    expect(Math.abs(ratio - 1)).toBeLessThan(0.3);
  });
});
