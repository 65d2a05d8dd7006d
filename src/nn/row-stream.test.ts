import { describe, expect, it } from "vitest";
import { createRandom } from "../stats/random.ts";
import { rowStream } from "./row-stream.ts";

const rows = Int32Array.from([10, 11, 12, 13, 14, 15, 16]);
const sorted = (values: number[]) => [...values].sort((a, b) => a - b);

describe("rowStream", () => {
  it("passes every row once before any row again, though batches straddle the passes", () => {
    const batch = rowStream(rows, 3, createRandom(2));
    const drawn = Array.from({ length: 7 }, (_, step) => [...batch(step)]).flat();
    for (const pass of [0, 1, 2]) expect(sorted(drawn.slice(7 * pass, 7 * pass + 7))).toEqual([...rows]);
    expect(drawn.slice(0, 7)).not.toEqual(drawn.slice(7, 14));
  });

  it("gives the same batch for the same step, wherever it starts", () => {
    const forward = rowStream(rows, 3, createRandom(2));
    const batches = Array.from({ length: 10 }, (_, step) => forward(step));
    expect(rowStream(rows, 3, createRandom(2))(9)).toEqual(batches[9]);
    expect(forward(1)).toEqual(batches[1]);
  });
});
