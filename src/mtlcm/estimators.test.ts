import { describe, expect, it } from "vitest";
import { linearCase, recovery } from "../../test/linear-data.ts";
import { GRADIENT_TOLERANCE, worstDirectionalError } from "../../test/recovery/central-differences.ts";
import { ConfigError } from "../errors.ts";
import { inverse } from "../linalg/lu.ts";
import { matrix } from "../linalg/matrix.ts";
import { momentsOf } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import { clampedBounds, FREE } from "./diagonality.ts";
import { exactCoordinates } from "./exact-coordinates.ts";
import { marginalLikelihood } from "./marginal-likelihood.ts";
import { fitMtlcm, type MtlcmOptions } from "./mtlcm.ts";
import { profileParameters } from "./profile.ts";
import { secondMoments } from "./second-moments.ts";

const data = linearCase(1, { latentDim: 3, causalPerTask: 1, tasks: 40, rowsPerTask: 60 });
const moments = momentsOf(data.h, data.targets);
const solve = (options: MtlcmOptions) => fitMtlcm(moments, options, createRandom(1));
const exact = (options: MtlcmOptions) => solve({ ...options, solver: "lbfgs" }).solver;

describe("exactCoordinates", () => {
  const second = secondMoments(moments, true);
  const random = createRandom(2);
  const unmixing = inverse(
    matrix(
      3,
      3,
      Float64Array.from({ length: 9 }, () => random.normal()),
    ),
  );

  it.each([
    ["free", FREE],
    ["clamped", clampedBounds(0.1)],
  ])("have the gradient that central differences see, %s variances", (_, bounds) => {
    const from = profileParameters(second, unmixing, bounds, 0.04);
    const { objective, encode, decode } = exactCoordinates(second, from.mixing, bounds, undefined);
    const x = encode(from).map((value) => value + 0.1 * random.normal());
    expect(worstDirectionalError(objective, x, random)).toBeLessThan(GRADIENT_TOLERANCE);
    expect(decode(encode(from)).noise).toBeCloseTo(0.04, 12);
    const planted = (at: Float64Array) => {
      const { value, gradient } = objective(at);
      return { value, gradient: gradient.map((g, k) => (k === 1 ? -g : g)) };
    };
    expect(worstDirectionalError(planted, x, random)).toBeGreaterThan(100 * GRADIENT_TOLERANCE);
  });

  it("profile the slopes out rightly: no other slopes are more likely", () => {
    const from = profileParameters(second, unmixing, FREE, 0.04);
    const { objective, encode } = exactCoordinates(second, from.mixing, FREE, 0.04);
    const best = objective(encode(from)).value;
    // The slopes of the closed form, A⁻¹ s / q, are the best for any noise.
    expect(marginalLikelihood(second, from).value).toBeCloseTo(best, 10);
    for (let k = 0; k < 5; k++) {
      const slope = matrix(
        from.slope.rows,
        3,
        from.slope.data.map((value) => value + 0.05 * random.normal()),
      );
      expect(marginalLikelihood(second, { ...from, slope }).value).toBeGreaterThan(best);
    }
  });
});

describe("the estimators", () => {
  it("agree with the closed form as the noise goes to zero, and are never below it", () => {
    for (const variance of ["free", "clamped"] as const) {
      const closed = solve({ variance }).solver;
      const { value, converged } = exact({ variance, sigmaObs: 1e-6 });
      expect(converged).toBe(true);
      // σo² tr(Σ⁻¹) ≈ 1e-12 · 1e4 is what this much noise costs or gains.
      expect(Math.abs(value - closed.value)).toBeLessThan(1e-7);
    }
  });

  it("reach one minimum: the paper's recipe comes as near as its last learning rate lets it, from above", () => {
    const options = { variance: "clamped", intercept: false, sigmaObs: 0.01 } as const;
    const best = exact(options);
    const recipe = solve({ ...options, solver: "adam", maxIterations: 2500 });
    expect(best.converged).toBe(true);
    expect(recipe.solver.value).toBeGreaterThan(best.value - 1e-9);
    expect(recipe.solver.value).toBeLessThan(best.value + 0.02);
    const latents = solve({ ...options, solver: "lbfgs" }).unmixing;
    expect(recovery(data.h, recipe.unmixing, data.latents).score).toBeCloseTo(
      recovery(data.h, latents, data.latents).score,
      3,
    );
  });

  it("estimate the noise that was added", () => {
    // A general mixing: under an orthogonal one noise only adds σo² to every free variance and cannot be told apart.
    const noisy = linearCase(1, { latentDim: 3, causalPerTask: 1, tasks: 60, mixing: "random", sigmaObs: 0.1 });
    const fit = fitMtlcm(
      momentsOf(noisy.h, noisy.targets),
      { solver: "lbfgs", sigmaObs: "estimate", tolerance: 1e-5 },
      createRandom(1),
    );
    expect(fit.solver.converged).toBe(true);
    expect(Math.abs((fit.solver.sigmaObs ?? 0) - 0.1)).toBeLessThan(0.01);
    const ignoring = fitMtlcm(momentsOf(noisy.h, noisy.targets), {}, createRandom(1));
    expect(fit.solver.value).toBeLessThan(ignoring.solver.value);
  });

  it("say what they are given to do, and refuse what makes no sense", () => {
    expect(exact({ sigmaObs: 0.05 }).sigmaObs).toBeCloseTo(0.05, 12);
    expect(solve({}).solver).not.toHaveProperty("sigmaObs");
    expect(exact({ maxIterations: 2 })).toMatchObject({ converged: false, reason: "iterations" });
    expect(() => solve({ solver: "adam", sigmaObs: "estimate" })).toThrow(ConfigError);
    expect(() => solve({ solver: "adam", variance: "free" })).toThrow(ConfigError);
    expect(() => solve({ sigmaObs: 0 })).toThrow(ConfigError);
  });
});
