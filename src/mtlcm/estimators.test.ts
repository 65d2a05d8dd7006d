import { describe, expect, it } from "vitest";
import { linearCase, recovery, wideCase } from "../../test/linear-data.ts";
import { ConfigError } from "../errors.ts";
import { inverse } from "../linalg/lu.ts";
import { matrix } from "../linalg/matrix.ts";
import { momentsOf } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import { fitMtlcm, type MtlcmOptions } from "./mtlcm.ts";

const data = linearCase(1, { latentDim: 3, causalPerTask: 1, tasks: 40, rowsPerTask: 60 });
const moments = momentsOf(data.h, data.targets);
const solve = (options: MtlcmOptions) => fitMtlcm(moments, options, createRandom(1));
const exact = (options: MtlcmOptions) => solve({ ...options, solver: "lbfgs" }).solver;

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
    const options = { solver: "lbfgs", sigmaObs: "estimate" } as const;
    const fit = fitMtlcm(momentsOf(noisy.h, noisy.targets), options, createRandom(1));
    expect(fit.solver).toMatchObject({ name: "lbfgs", converged: true, reason: "gradient" });
    expect(Math.abs((fit.solver.sigmaObs ?? 0) - 0.1)).toBeLessThan(0.01);
    const ignoring = fitMtlcm(momentsOf(noisy.h, noisy.targets), { solver: "closed-form" }, createRandom(1));
    expect(fit.solver.value).toBeLessThan(ignoring.solver.value);
  });

  it("converge where variances end at 0, and give back what the true mixing does", () => {
    // The smallest singular value of A is .017, and σo is .01: noise hides what effects keep of a latent.
    const drowned = linearCase(4, { latentDim: 5 });
    const { unmixing, solver } = fitMtlcm(momentsOf(drowned.h, drowned.targets), {}, createRandom(1));
    expect(solver).toMatchObject({ name: "lbfgs", converged: true, reason: "gradient" });
    expect(Math.abs((solver.sigmaObs ?? 0) - 0.01)).toBeLessThan(1e-4);
    const possible = recovery(drowned.h, inverse(drowned.mixing), drowned.latents).score;
    expect(Math.abs(recovery(drowned.h, unmixing, drowned.latents).score - possible)).toBeLessThan(1e-3);
  });

  it("go over to the exact likelihood only where noise matters, and is what the misfit consists of", () => {
    const little = linearCase(3, { latentDim: 5 });
    const closed = fitMtlcm(momentsOf(little.h, little.targets), { solver: "closed-form" }, createRandom(1));
    const chosen = fitMtlcm(momentsOf(little.h, little.targets), {}, createRandom(1));
    expect(chosen.solver.name).toBe("closed-form");
    expect(chosen.unmixing).toEqual(closed.unmixing);
    // Targets with latents that are no latents: off-diagonals abound, and a part of them looks like noise.
    const { h, targets } = linearCase(4, { latentDim: 10, sigmaObs: 0 });
    const bent = matrix(
      h.rows,
      10,
      h.data.map((value) => value + 0.3 * value ** 2),
    );
    expect(fitMtlcm(momentsOf(bent, targets), { maxStarts: 3 }, createRandom(1)).solver.name).toBe("closed-form");
    const wide = wideCase(5, { dim: 4, tasks: 20, rows: 500, density: 0.5 });
    const { solver } = fitMtlcm(momentsOf(wide.h, wide.targets), {}, createRandom(1));
    expect(solver.name).toBe("closed-form");
    expect(solver).not.toHaveProperty("sigmaObs");
  });

  it("say what they are given to do, and refuse what makes no sense", () => {
    expect(exact({ sigmaObs: 0.05 }).sigmaObs).toBeCloseTo(0.05, 12);
    expect(solve({ solver: "closed-form" }).solver).not.toHaveProperty("sigmaObs");
    expect(exact({ maxIterations: 2 })).toMatchObject({ converged: false, reason: "iterations" });
    expect(() => solve({ solver: "adam", sigmaObs: "estimate" })).toThrow(ConfigError);
    expect(() => solve({ solver: "adam", variance: "free" })).toThrow(ConfigError);
    expect(() => solve({ solver: "lbfgs", sigmaObs: 0 })).toThrow(ConfigError);
    expect(() => solve({ sigmaObs: 0.01 })).toThrow(/auto/);
    expect(() => solve({ solver: "closed-form", sigmaObs: 0.01 })).toThrow(/lbfgs/);
  });
});
