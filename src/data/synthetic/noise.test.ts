import { describe, expect, it } from "vitest";
import { createRandom } from "../../stats/random.ts";
import type { NoiseLaw } from "./noise.ts";
import { noiseSampler } from "./noise.ts";

const mean = (x: number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;

describe("noiseSampler", () => {
  // Mean absolute value of a standardised law, in closed form: √(2/π), 1/√2, and for t with ν degrees of freedom
  // 2√ν Γ((ν+1)/2) / (√π Γ(ν/2) (ν−1)) · √((ν−2)/ν). It tells them apart, which the variance cannot.
  it.each<[NoiseLaw, number, number]>([
    ["gaussian", 5, Math.sqrt(2 / Math.PI)],
    ["laplace", 5, Math.SQRT1_2],
    ["student-t", 5, 0.735105193895722],
    ["student-t", 9, 0.7699829016645349],
  ])("draws %s (%d) numbers of mean 0, variance 1 and the right shape", (law, degreesOfFreedom, meanAbsolute) => {
    const draw = noiseSampler(law, createRandom(11), degreesOfFreedom);
    const x = Array.from({ length: 200_000 }, draw);
    expect(Math.abs(mean(x))).toBeLessThan(5 / Math.sqrt(200_000));
    expect(Math.abs(mean(x.map(Math.abs)) - meanAbsolute)).toBeLessThan(5 / Math.sqrt(200_000));
    expect(Math.abs(mean(x.map((v) => v * v)) - 1)).toBeLessThan(0.03);
  });
});
