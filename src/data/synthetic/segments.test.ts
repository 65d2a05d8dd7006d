import { describe, expect, it } from "vitest";
import { createRandom } from "../../stats/random.ts";
import { segmentData } from "./segments.ts";

describe("segmentData", () => {
  it("gives every latent the standard deviation of its segment", () => {
    const rowsPerSegment = 4000;
    const { latents, modulation, segment } = segmentData(
      { segments: 3, rowsPerSegment, latentDim: 2 },
      createRandom(1),
    );
    const squares = new Float64Array(6);
    for (let row = 0; row < latents.rows; row++) {
      for (let j = 0; j < 2; j++) squares[segment[row] * 2 + j] += latents.data[row * 2 + j] ** 2 / rowsPerSegment;
    }
    // Five standard errors of a standard deviation from 4000 rows: 5/√8000 = .056.
    squares.forEach((square, k) => {
      expect(Math.abs(Math.sqrt(square) / modulation.data[k] - 1)).toBeLessThan(0.056);
    });
  });

  it("couples each latent to the one before, anew in every segment, and not otherwise", () => {
    const sizes = { segments: 12, rowsPerSegment: 400, latentDim: 2 };
    const slopes = (coupling: number) => {
      const { latents, segment } = segmentData({ ...sizes, coupling }, createRandom(3));
      const [products, squares] = [new Float64Array(12), new Float64Array(12)];
      segment.forEach((t, row) => {
        products[t] += latents.data[row * 2] * latents.data[row * 2 + 1];
        squares[t] += latents.data[row * 2] ** 2;
      });
      return products.map((product, t) => product / squares[t]);
    };
    // A slope of 400 rows has a standard error of at most 3/.5/20 = .3, reached where the latents are most unlike in size.
    expect(Math.max(...slopes(0).map(Math.abs))).toBeLessThan(1);
    const coupled = slopes(5);
    expect(Math.max(...coupled)).toBeGreaterThan(2);
    expect(Math.min(...coupled)).toBeLessThan(-2);
    expect(() => segmentData({ coupling: -1 }, createRandom(0))).toThrow("coupling must not be below 0, got -1");
  });

  it("mixes linearly with one layer and not with two", () => {
    const spread = (mixingLayers: number) => {
      const { features, latents } = segmentData(
        { segments: 2, rowsPerSegment: 50, latentDim: 1, mixingLayers },
        createRandom(2),
      );
      const ratios = Array.from(features.data, (x, row) => x / latents.data[row]);
      return Math.max(...ratios) - Math.min(...ratios);
    };
    // Features are held in single precision: relative error 6e-8.
    expect(spread(1)).toBeLessThan(1e-6);
    expect(spread(2)).toBeGreaterThan(0.5);
  });

  it("refuses sizes that cannot be", () => {
    expect(() => segmentData({ segments: 0 }, createRandom(0))).toThrow(
      "segments must be a whole number of at least 1",
    );
  });
});
