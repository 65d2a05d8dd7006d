import { describe, expect, it } from "vitest";
import { evaluate } from "../../test/evaluate.ts";
import { constant } from "../graph/tensor.ts";
import { packedLayout } from "./packed-weights.ts";

describe("packedLayout", () => {
  const parameters = [
    { name: "a", shape: [2, 2], bound: 0 },
    { name: "b", shape: [], bound: 0 },
    { name: "c", shape: [3], bound: 0 },
  ];
  const layout = packedLayout("all", parameters);
  const arrays = { a: Float32Array.of(1, 2, 3, 4), b: Float32Array.of(5), c: Float32Array.of(6, 7, 8) };
  const vector = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);

  it("lays arrays end to end in the order of the parameters, and takes them apart again", () => {
    const { c, b, a } = arrays;
    expect(layout.parameter).toEqual({ name: "all", shape: [8], bound: 0 });
    expect(layout.pack({ c, b, a }, "float32")).toEqual(vector);
    expect(layout.unpack(vector)).toEqual(arrays);
  });

  it("finds arrays whose names have something added, and adds it", () => {
    const moments = layout.unpack(vector, ":m");
    expect(Object.keys(moments)).toEqual(["a:m", "b:m", "c:m"]);
    expect(layout.pack(moments, "float32", ":m")).toEqual(vector);
  });

  it("does the same inside a graph", async () => {
    const tensors = layout.unpackTensor(constant(vector));
    expect(await evaluate(tensors.a)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect(await evaluate(tensors.b)).toBe(5);
    expect(await evaluate(layout.packTensors(tensors))).toEqual([...vector]);
  });
});
