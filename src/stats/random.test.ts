import { describe, expect, it } from "vitest";
import { createRandom } from "./random.ts";

const draws = (n: number, draw: () => number) => Array.from({ length: n }, draw);
const mean = (x: number[]) => x.reduce((sum, value) => sum + value, 0) / x.length;

describe("createRandom", () => {
  it("repeats itself for the same seed and differs for another", () => {
    const first = draws(20, createRandom(7).normal);
    expect(draws(20, createRandom(7).normal)).toEqual(first);
    expect(draws(20, createRandom(8).normal)).not.toEqual(first);
  });

  it("splits by name: draws from one split move nothing in the parent or in a sibling", () => {
    const parent = createRandom(1);
    const untouched = createRandom(1);
    draws(100, parent.split("init").normal);
    expect(parent.normal()).toBe(untouched.normal());
    expect(parent.split("batches").uniform()).toBe(untouched.split("batches").uniform());
    expect(parent.split("batches").uniform()).not.toBe(parent.split("init").uniform());
  });

  it("draws normal and uniform numbers with the moments of their distributions", () => {
    // Standard errors at n = 100,000: mean .0032, variance .0045, kurtosis .0155; five of them allowed.
    const x = draws(100_000, createRandom(3).normal);
    expect(Math.abs(mean(x))).toBeLessThan(0.016);
    expect(Math.abs(mean(x.map((v) => v * v)) - 1)).toBeLessThan(0.023);
    expect(Math.abs(mean(x.map((v) => v ** 4)) - 3)).toBeLessThan(0.16);
    const u = draws(10, () => createRandom(3).split("u").uniform(2, 3));
    expect(Math.min(...u.slice(0, 10))).toBeGreaterThanOrEqual(2);
    const w = createRandom(4);
    expect(Math.abs(mean(draws(100_000, () => w.uniform(2, 3))) - 2.5)).toBeLessThan(0.005);
  });

  it("permutes: every index once, every position equally likely", () => {
    const random = createRandom(5);
    expect([...random.permutation(50)].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i));
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 4000; i++) counts[random.permutation(4).indexOf(2)]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(140);
  });

  it("refuses a seed that is not an integer", () => {
    expect(() => createRandom(0.5)).toThrow(/integer/);
  });
});
