import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { input } from "../graph/tensor.ts";
import { compile } from "../runtime/session.ts";
import { createRandom } from "../stats/random.ts";
import { adam } from "./adam.ts";
import { vectorAdam } from "./adam-kernel.ts";
import { loopAdam, type PackedAdam } from "./packed-adam.ts";

const RATE = 3e-3;

/** Slopes of `parts` parts of a batch, new ones in each update. */
function slopesOf(size: number, parts: number, seed: number): Float32Array[] {
  const { normal } = createRandom(seed);
  return Array.from({ length: parts }, () => Float32Array.from({ length: size }, () => normal()));
}

function updated(by: PackedAdam, parts: number, updates: number): PackedAdam {
  by.weights.set(slopesOf(by.weights.length, 1, 99)[0]);
  for (let step = 0; step < updates; step++) {
    const { "adam:rate": rate, "adam:epsilon": epsilon } = adam().feeds(step, [RATE], "float32");
    by.update(slopesOf(by.weights.length, parts, step), 1 / parts, rate[0], epsilon[0]);
  }
  return by;
}

describe("Adam outside of the runtime", () => {
  it("gives the same bits by vectors and by loops, whatever the size", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 21 }), fc.integer({ min: 1, max: 4 }), (size, parts) => {
        const [vectors, loops] = [vectorAdam(size), loopAdam(size, "float32")];
        if (vectors === null) throw new Error("this engine has no vector instructions");
        const [{ weights, m, v }, expected] = [updated(vectors, parts, 3), updated(loops, parts, 3)];
        expect([weights, m, v]).toEqual([expected.weights, expected.m, expected.v]);
      }),
    );
  });

  it("makes the updates of the graph's Adam", async () => {
    const [size, optimiser] = [37, adam()];
    const names = ["w", "w:m", "w:v"];
    const [w, m, v] = names.map((name) => input(name, "float32", [size]));
    const slopes = input("slopes", "float32", [size]);
    const rates = optimiser.inputs("float32");
    const next = optimiser.update({ w }, { w: slopes }, { "w:m": m, "w:v": v }, rates);
    const session = await compile({
      inputs: [w, m, v, slopes, ...Object.values(rates)],
      outputs: { "w:next": next.weights.w, "m:next": next.moments["w:m"], "v:next": next.moments["w:v"] },
      carry: { w: "w:next", "w:m": "m:next", "w:v": "v:next" },
    });
    session.set("w", slopesOf(size, 1, 99)[0]);
    for (const name of ["w:m", "w:v"]) session.set(name, new Float32Array(size));
    for (let step = 0; step < 5; step++) {
      await session.run({ slopes: slopesOf(size, 1, step)[0], ...optimiser.feeds(step, [RATE], "float32") });
    }
    const found = updated(loopAdam(size, "float32"), 1, 5);
    [found.weights, found.m, found.v].forEach((values, k) => {
      const expected = session.get(names[k]) as Float32Array;
      // A few roundings of single precision.
      values.forEach((value, i) => {
        expect(Math.abs(value - expected[i])).toBeLessThan(1e-6 * Math.max(1, Math.abs(expected[i])));
      });
    });
    await session.release();
  });
});
