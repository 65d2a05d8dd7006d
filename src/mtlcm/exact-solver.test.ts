import { describe, expect, it } from "vitest";
import { linearCase } from "../../test/linear-data.ts";
import { identity } from "../linalg/matrix.ts";
import { momentsOf } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import { FREE, largestEntry } from "./diagonality.ts";
import { fitMtlcm } from "./mtlcm.ts";
import { noisyLikelihood } from "./noisy-likelihood.ts";
import { residualCovariances } from "./residual-covariance.ts";

describe("solveExactly", () => {
  it("ends where the likelihood is flat, with more latents than the information is written down for", () => {
    const d = 14;
    const { h, targets } = linearCase(2, { latentDim: d, tasks: 60, rowsPerTask: 60, sigmaObs: 0.1 });
    const moments = momentsOf(h, targets);
    const slopesAt = ({ unmixing }: ReturnType<typeof fitMtlcm>, noise: number) => {
      const set = { ...residualCovariances(moments), noiseShape: identity(d) };
      const { unmixingSlope, noiseSlope } = noisyLikelihood(set, unmixing, noise, FREE);
      return Math.max(largestEntry(unmixingSlope), Math.abs(noise * noiseSlope));
    };
    const exact = fitMtlcm(moments, { solver: "lbfgs", sigmaObs: "estimate" }, createRandom(1));
    expect(exact.solver).toMatchObject({ converged: true, reason: "gradient" });
    const noise = (exact.solver.sigmaObs ?? 0) ** 2;
    expect(Math.abs(Math.sqrt(noise) - 0.1)).toBeLessThan(0.01);
    // The tolerance is for coordinates of the solver's own, relative to where its last round began.
    expect(slopesAt(exact, noise)).toBeLessThan(1e-6);
    const closed = fitMtlcm(moments, { solver: "closed-form" }, createRandom(1));
    expect(slopesAt(closed, noise)).toBeGreaterThan(1e-3);
  });
});
