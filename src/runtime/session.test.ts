import { describe, expect, it } from "vitest";
import { ConfigError, ShapeError } from "../errors.ts";
import { cast } from "../graph/comparison.ts";
import { add, mul } from "../graph/elementwise.ts";
import { gather } from "../graph/indexing.ts";
import { sum } from "../graph/reductions.ts";
import { input } from "../graph/tensor.ts";
import { compile, type Session } from "./session.ts";

/** x ↦ 2x + c: the smallest program with a fed, a held and a carried input. */
async function doubling(): Promise<Session> {
  const state = input("state", "float64", [2]);
  const c = input("c", "float64", []);
  const fed = input("fed", "float64", [2]);
  const next = add(mul(state, 2), c);
  return compile({
    inputs: [state, c, fed],
    outputs: { next, total: sum(add(state, fed)) },
    carry: { state: "next" },
  });
}

describe("runs", () => {
  it("follow each other in the order they were asked for, also when none is awaited", async () => {
    const session = await doubling();
    session.set("state", Float64Array.of(1, 0));
    session.set("c", Float64Array.of(1));
    const fed = new Float64Array(2);
    const totals = await Promise.all([session.run({ fed }), session.run({ fed }), session.run({ fed })]);
    expect(totals.map(({ total }) => total[0])).toEqual([1, 4, 10]);
    expect(session.get("state")).toEqual(Float64Array.of(15, 7));
  });
});

describe("inputs", () => {
  it("are copied when set and when got", async () => {
    const session = await doubling();
    const values = Float64Array.of(1, 2);
    session.set("state", values);
    values[0] = 9;
    session.get("state")[1] = 9;
    expect(session.get("state")).toEqual(Float64Array.of(1, 2));
  });

  it("that are held can be fed for one run only", async () => {
    const session = await doubling();
    session.set("state", Float64Array.of(1, 2));
    session.set("c", Float64Array.of(1));
    session.set("fed", Float64Array.of(0, 0));
    expect((await session.run({ fed: Float64Array.of(1, 1) })).total).toEqual(Float64Array.of(5));
    expect((await session.run({ c: Float64Array.of(0) })).total).toEqual(Float64Array.of(8));
    expect(session.get("c")).toEqual(Float64Array.of(1));
  });

  it("of int64 come as BigInt64Array or, negative numbers too, as Int32Array", async () => {
    const n = input("n", "int64", [4]);
    const session = await compile({ inputs: [n], outputs: { twice: mul(n, 2) } });
    const twice = BigInt64Array.of(-2n, 0n, 4_294_967_294n, -4_294_967_296n);
    expect((await session.run({ n: Int32Array.of(-1, 0, 2147483647, -2147483648) })).twice).toEqual(twice);
    expect((await session.run({ n: twice.map((value) => value / 2n) })).twice).toEqual(twice);
    session.set("n", Int32Array.of(1, 2, 3, -4));
    expect(session.get("n")).toEqual(BigInt64Array.of(1n, 2n, 3n, -4n));
  });

  it("and outputs of booleans are 0 and 1", async () => {
    const b = input("b", "bool", [3]);
    const session = await compile({ inputs: [b], outputs: { b2: b, n: cast(b, "float32") } });
    expect(await session.run({ b: Uint8Array.of(1, 0, 1) })).toEqual({
      b2: Uint8Array.of(1, 0, 1),
      n: Float32Array.of(1, 0, 1),
    });
  });

  it("are refused when name, type, length or time is wrong", async () => {
    const session = await doubling();
    const two = Float64Array.of(1, 2);
    expect(() => session.set("stat", two)).toThrow(
      new ConfigError("there is no input 'stat'; the inputs are 'state', 'c', 'fed'"),
    );
    expect(() => session.set("state", Float64Array.of(1))).toThrow(
      new ShapeError("input 'state' float64[2] takes 2 values, got 1"),
    );
    expect(() => session.set("state", Float32Array.of(1, 2))).toThrow(
      new ShapeError("input 'state' float64[2] takes a Float64Array, got a Float32Array"),
    );
    expect(() => session.get("state")).toThrow("get: the input 'state' holds no value; set it first");
    expect(() => session.get("next")).toThrow("there is no input 'next'");
    await expect(session.run({ fed: two })).rejects.toThrow(
      new ConfigError("run: the input 'state' float64[2] is neither fed nor set"),
    );
    session.set("state", two);
    session.set("c", Float64Array.of(1));
    await expect(session.run({ fed: two, state: two })).rejects.toThrow("the input 'state' is carried");
    await expect(session.run({ fed: two, other: two })).rejects.toThrow("there is no input 'other'");
    const underWay = session.run({ fed: two });
    expect(() => session.set("c", Float64Array.of(2))).toThrow("set 'c': a run is under way");
    expect((await underWay).total).toEqual(Float64Array.of(6));
    session.set("c", Float64Array.of(2));
  });
});

describe("compile", () => {
  it("says what runs the program, and where", async () => {
    const session = await doubling();
    expect(session.device).toBe("cpu");
    expect(session.engine).toMatch(/^onnxruntime-node \d+\.\d+\.\d+$/);
  });

  it("runs on WebGPU or says in one line that it cannot; auto always runs", async () => {
    const a = input("a", "float32", [2]);
    const program = { inputs: [a], outputs: { twice: mul(a, 2) } };
    const automatic = await compile(program, { device: "auto" });
    expect((await automatic.run({ a: Float32Array.of(1, 2) })).twice).toEqual(Float32Array.of(2, 4));

    const asked = compile(program, { device: "webgpu" });
    if (automatic.device === "webgpu") {
      expect((await asked).device).toBe("webgpu");
    } else {
      await expect(asked).rejects.toThrow(ConfigError);
      await expect(asked).rejects.toThrow(
        /^device 'webgpu' is not available in onnxruntime-node [\d.]+ here; 'cpu' is$/,
      );
    }
  });

  it("refuses a wrong number of threads", async () => {
    const a = input("a", "float32", [2]);
    await expect(compile({ inputs: [a], outputs: { b: mul(a, 2) } }, { threads: 0 })).rejects.toThrow(
      new ConfigError("threads must be 1 or more, got 0"),
    );
  });
});

describe("failure and release", () => {
  it("names the operation and the shapes that failed", async () => {
    const x = input("x", "float64", [6, 3]);
    const rows = input("rows", "int64", [4]);
    const session = await compile({ inputs: [x, rows], outputs: { picked: gather(x, rows) } });
    await expect(session.run({ x: new Float64Array(18), rows: Int32Array.of(0, 1, 2, 6) })).rejects.toThrow(
      /^run: gather\(float64\[6,3\], int64\[4\]\) = float64\[4,3\] .*: indices element out of data bounds, idx=6/,
    );
  });

  it("ends a session: every later call says so", async () => {
    const session = await doubling();
    const fed = new Float64Array(2);
    session.set("state", Float64Array.of(1, 2));
    session.set("c", Float64Array.of(1));
    const lastRun = session.run({ fed });
    const released = session.release();
    expect((await lastRun).total).toEqual(Float64Array.of(3));
    await released;
    const message = "this session has been released";
    expect(() => session.set("state", fed)).toThrow(message);
    expect(() => session.get("state")).toThrow(message);
    await expect(session.run({ fed })).rejects.toThrow(new ConfigError(`run: ${message}`));
    await expect(session.release()).rejects.toThrow(message);
  });
});
