import { describe, expect, it } from "vitest";
import { linearCase } from "../../test/linear-data.ts";
import { applyCentredMap } from "../linalg/centred-map.ts";
import { matrix } from "../linalg/matrix.ts";
import { momentsOf } from "../stats/moments.ts";
import { createRandom } from "../stats/random.ts";
import { latentMoments } from "./latent-moments.ts";

describe("latentMoments", () => {
  it.each([4, 3])("are the moments of the rows of z themselves (%d latents of 4 columns)", (r) => {
    const sizes = { latentDim: 4, causalPerTask: 1, tasks: 5, rowsPerTask: 30, standardise: false };
    const { h, targets } = linearCase(2, sizes);
    const random = createRandom(8);
    const normals = (n: number) => Float64Array.from({ length: n }, () => random.normal());
    const map = { unmixing: matrix(r, 4, normals(4 * r)), mean: normals(4) };
    const z = applyCentredMap({ map: map.unmixing, mean: map.mean }, h);
    const [mapped, direct] = [latentMoments(momentsOf(h, targets), map), momentsOf(z, targets)];
    const close = (a: Float64Array, b: Float64Array) => {
      expect(a).toHaveLength(b.length);
      a.forEach((value, at) => void expect(value).toBeCloseTo(b[at], 10));
    };
    for (const key of ["meanH", "covH", "covHY"] as const) close(mapped[key].data, direct[key].data);
    for (const key of ["count", "meanY", "varY"] as const) close(mapped[key], direct[key]);
    close(mapped.pooled.mean, direct.pooled.mean);
    close(mapped.pooled.covariance.data, direct.pooled.covariance.data);
    expect(mapped.dim).toBe(r);
  });
});
