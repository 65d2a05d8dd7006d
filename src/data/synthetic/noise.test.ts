import { describe, expect, it } from "vitest";
import { createRandom } from "../../stats/random.ts";
import type { NoiseLaw } from "./noise.ts";
import { noiseSampler } from "./noise.ts";

const mean = (x: number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;

describe("noiseSampler", () => {
  // Mean absolute value of a standardised law, in closed form: √(2/π), 1/√2, and for t with 5 degrees of freedom
  // 2√5 Γ(3) / (√π Γ(5/2) 4) · √(3/5). It tells the three apart, which the variance cannot.
  it.each<[NoiseLaw, number]>([
    ["gaussian", Math.sqrt(2 / Math.PI)],
    ["laplace", Math.SQRT1_2],
    ["student-t", 0.735105193895722],
  ])("draws %s numbers of mean 0, variance 1 and the right shape", (law, meanAbsolute) => {
    const draw = noiseSampler(law, createRandom(11));
    const x = Array.from({ length: 200_000 }, draw);
    expect(Math.abs(mean(x))).toBeLessThan(5 / Math.sqrt(200_000));
    expect(Math.abs(mean(x.map(Math.abs)) - meanAbsolute)).toBeLessThan(5 / Math.sqrt(200_000));
    expect(Math.abs(mean(x.map((v) => v * v)) - 1)).toBeLessThan(0.03);
  });
});
