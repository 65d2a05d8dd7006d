import { describe, expect, it } from "vitest";
import { choose } from "./compute.ts";

const machine = { cores: 8, isIsolated: true, noWebGpu: undefined };

describe("what a network can be computed on", () => {
  it.each([
    ["whatever is quickest", "auto", machine, ["one thread", "threads", "webgpu"], []],
    ["one thread", "one", machine, ["one thread"], []],
    ["threads", "threads", machine, ["threads"], []],
    ["a graphics card", "webgpu", machine, ["webgpu"], []],
    [
      "whatever is quickest, without isolation or a card",
      "auto",
      { ...machine, isIsolated: false, noWebGpu: "no card" },
      ["one thread"],
      ["no further threads: the page is not cross-origin isolated", "no WebGPU: no card"],
    ],
    [
      "threads on one core",
      "threads",
      { ...machine, cores: 1 },
      ["one thread", "webgpu"],
      ["no further threads: this machine has one core"],
    ],
    [
      "a graphics card that is not there",
      "webgpu",
      { ...machine, noWebGpu: "no card" },
      ["one thread", "threads"],
      ["no WebGPU: no card"],
    ],
  ] as const)("is, of %s, what is there", (_, wanted, having, builds, missing) => {
    const choice = choose(wanted, having);
    expect(choice.ways.map(({ build }) => build)).toEqual(builds);
    expect(choice.missing).toEqual(missing);
  });

  it("is never more than four threads, or than there are cores", () => {
    const threads = (cores: number) => choose("threads", { ...machine, cores }).ways[0].runtime.threads;
    expect([2, 4, 8].map(threads)).toEqual([2, 4, 4]);
  });
});
