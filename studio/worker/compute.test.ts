import { describe, expect, it } from "vitest";
import { choose } from "./compute.ts";
import { workOf } from "./work.ts";

const machine = { cores: 8, isIsolated: true, noWebGpu: undefined };
const [SMALL, LARGE] = [workOf([16, 64, 12], 40, 512), workOf([200, 512, 30], 1000, 512)];

describe("what a network is computed on", () => {
  it("counts every weight three times a row", () => {
    expect(workOf([2, 3, 4], 5, 10)).toBe(3 * (6 + 12 + 20) * 10);
  });

  it.each([
    ["a small network", "cpu", SMALL, machine, { threads: 1, device: "cpu", text: /one thread, the quickest/ }],
    ["a large one", "cpu", LARGE, machine, { threads: 4, device: "cpu", text: /^WebAssembly on 4 threads$/ }],
    ["two cores", "cpu", LARGE, { ...machine, cores: 2 }, { threads: 2, device: "cpu", text: /on 2 threads$/ }],
    [
      "a page that is not isolated",
      "cpu",
      LARGE,
      { ...machine, isIsolated: false },
      { threads: 1, device: "cpu", text: /one thread, not 4: the page is not cross-origin isolated$/ },
    ],
    ["a graphics card", "webgpu", SMALL, machine, { threads: 1, device: "auto", text: /^WebGPU$/ }],
    [
      "a graphics card that is not there",
      "webgpu",
      LARGE,
      { ...machine, noWebGpu: "no card" },
      { threads: 4, device: "cpu", text: /^WebAssembly on 4 threads; instead of WebGPU: no card$/ },
    ],
  ] as const)("suits %s", (_, wanted, work, having, { text, ...rest }) => {
    const compute = choose(wanted, work, having);
    expect(compute).toMatchObject(rest);
    expect(compute.text).toMatch(text);
  });
});
