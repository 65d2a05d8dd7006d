import { describe, expect, it } from "vitest";
import type { FitStep } from "../../src/model/fit.ts";
import { choose, type Way } from "./compute.ts";
import { inWords, isWorthATrial, quickest, tryOut, UpdateClock } from "./trial.ts";

const MACHINE = { cores: 8, isIsolated: true, noWebGpu: undefined };
const AUTO = choose("auto", MACHINE);
const [one, threads, card] = AUTO.ways as unknown as readonly [Way, Way, Way];
const tried = (way: Way, milliseconds: number) => ({ way, milliseconds });

describe("the trial of ways to compute", () => {
  it("times updates from run to run, though they are told one by one", () => {
    let at = 0;
    const clock = new UpdateClock(() => at);
    // Runs of four updates, 80 ms each: 20 ms an update.
    const seen = Array.from({ length: 13 }, (_, k) => {
      if (k % 4 === 0) at += 80;
      return clock.see(k + 1);
    });
    expect(seen.findIndex((time) => time !== undefined)).toBe(8);
    expect(seen[8]).toBeCloseTo(20, 12);
  });

  it("goes on with what it began with unless another is quicker by a tenth", () => {
    expect(quickest([tried(one, 10)])).toBe(one);
    expect(quickest([tried(one, 10), tried(threads, 9.5), tried(card, 30)])).toBe(one);
    expect(quickest([tried(one, 10), tried(threads, 6), tried(card, 30)])).toBe(threads);
    expect(quickest([tried(one, 10), tried(threads, 6), tried(card, 3)])).toBe(card);
    expect(quickest([tried(one, 10), { ...tried(card, Number.POSITIVE_INFINITY), problem: "no" }])).toBe(one);
  });

  it("says what was measured, and why it was not", () => {
    expect(isWorthATrial(800, 1.2)).toBe(false);
    expect(isWorthATrial(6000, 1.2)).toBe(true);
    expect(inWords(one, [tried(one, 1.234)], 800, AUTO)).toBe(
      "WebAssembly on one thread: 800 updates of 1.2 ms, too little to try anything else",
    );
    expect(inWords(threads, [tried(one, 8), tried(threads, 4.51), tried(card, 110.4)], 6000, AUTO)).toBe(
      "WebAssembly on 4 threads: 6,000 updates of 4.5 ms; WebAssembly on one thread took 8 ms; WebGPU took 110 ms",
    );
    expect(inWords(one, [tried(one, 2)], 6000, choose("auto", { ...MACHINE, cores: 1, noWebGpu: "no card" }))).toBe(
      "WebAssembly on one thread: 6,000 updates of 2 ms; no further threads: this machine has one core; no WebGPU: no card",
    );
    expect(inWords(one, [tried(one, 1)], 10, choose("webgpu", { ...MACHINE, noWebGpu: "no card" }))).toBe(
      "WebAssembly on one thread: 10 updates of 1 ms; no WebGPU: no card",
    );
    expect(inWords(card, [], 10, choose("webgpu", MACHINE))).toBe("WebGPU");
  });

  it("ends the training that it timed, and survives one that fails", async () => {
    let ended = false;
    async function* training(): AsyncGenerator<FitStep, undefined> {
      try {
        for (let step = 1; ; step++) {
          await new Promise((resolve) => setTimeout(resolve, 20));
          yield { stage: "train", step } as FitStep;
        }
      } finally {
        ended = true;
      }
    }
    const { milliseconds } = await tryOut(card, async () => training());
    expect(ended).toBe(true);
    expect(milliseconds).toBeGreaterThan(15);
    const failed = await tryOut(card, () => Promise.reject(new Error("no such operation")));
    expect(failed).toMatchObject({ milliseconds: Number.POSITIVE_INFINITY, problem: "no such operation" });
  });
});
