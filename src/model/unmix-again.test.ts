import { expect, it } from "vitest";
import { linearData } from "../data/synthetic/linear.ts";
import { createRandom } from "../stats/random.ts";
import { unmix } from "./unmix.ts";

it("latents unmixed again are the same latents, and not taken for noise", () => {
  const random = createRandom(2);
  const { representation, targets } = linearData(
    { latentDim: 5, causalPerTask: 2, tasks: 60, rowsPerTask: 60, mixing: "orthogonal", confounding: 0.3 },
    random,
  );
  const { latents } = unmix(representation, targets, {}, createRandom(1));
  const again = unmix(latents, targets, {}, createRandom(4));
  for (const { noiseShare } of again.certificate.latents) expect(noiseShare).toBe(0);
  expect(again.mtlcm.solver.sigmaObs).toBe(0);
  again.latents.data.forEach((value, k) => void expect(Math.abs(value - latents.data[k])).toBeLessThan(1e-4));
});
