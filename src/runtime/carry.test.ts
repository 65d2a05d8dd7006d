import { describe, expect, it } from "vitest";
import { ConfigError, DomainError } from "../errors.ts";
import { add, div, mul, pow, square, sub } from "../graph/elementwise.ts";
import { gradient } from "../graph/gradient.ts";
import { gather } from "../graph/indexing.ts";
import { matmul } from "../graph/matmul.ts";
import { mean } from "../graph/reductions.ts";
import { input } from "../graph/tensor.ts";
import { sqrt } from "../graph/unary.ts";
import { createRandom } from "../stats/random.ts";
import { compile, type Program, type Session } from "./session.ts";

const learningRate = 0.05;

/** One step of Adam (Kingma & Ba 2015, algorithm 1) on the mean squared error of X w against y, rows picked by index. */
function adamProgram(dtype: "float32" | "float64"): Program {
  const x = input("x", dtype, [6, 3]);
  const y = input("y", dtype, [6, 1]);
  const rows = input("rows", "int64", [4]);
  const w = input("w", dtype, [3, 1]);
  const m = input("m", dtype, [3, 1]);
  const v = input("v", dtype, [3, 1]);
  const step = input("step", dtype, []);

  const residual = sub(matmul(gather(x, rows), w), gather(y, rows));
  const loss = mean(square(residual));
  const [g] = gradient(loss, [w]);
  const nextStep = add(step, 1);
  const nextM = add(mul(m, 0.9), mul(g, 0.1));
  const nextV = add(mul(v, 0.999), mul(square(g), 0.001));
  const corrected = div(nextM, sub(1, pow(0.9, nextStep)));
  const scale = add(sqrt(div(nextV, sub(1, pow(0.999, nextStep)))), 1e-8);
  return {
    inputs: [x, y, rows, w, m, v, step],
    outputs: { loss, nextW: sub(w, mul(div(corrected, scale), learningRate)), nextM, nextV, nextStep },
    carry: { w: "nextW", m: "nextM", v: "nextV", step: "nextStep" },
  };
}

/** The same steps in plain arithmetic. */
function plainAdam(x: Float64Array, y: Float64Array, batches: readonly Int32Array[]) {
  const w = [0.1, -0.2, 0.3];
  const m = [0, 0, 0];
  const v = [0, 0, 0];
  const losses = batches.map((rows, k) => {
    const g = [0, 0, 0];
    let loss = 0;
    for (const row of rows) {
      const features = x.subarray(3 * row, 3 * row + 3);
      const residual = features.reduce((total, value, j) => total + value * w[j], 0) - y[row];
      loss += residual ** 2 / rows.length;
      features.forEach((value, j) => {
        g[j] += (2 * residual * value) / rows.length;
      });
    }
    g.forEach((slope, j) => {
      m[j] = 0.9 * m[j] + 0.1 * slope;
      v[j] = 0.999 * v[j] + 0.001 * slope ** 2;
      w[j] -= (learningRate * (m[j] / (1 - 0.9 ** (k + 1)))) / (Math.sqrt(v[j] / (1 - 0.999 ** (k + 1))) + 1e-8);
    });
    return loss;
  });
  return { losses, w, m, v };
}

const random = createRandom(7);
const x = Float64Array.from({ length: 18 }, () => Math.fround(random.normal()));
const y = Float64Array.from({ length: 6 }, () => Math.fround(random.normal()));
const batches = Array.from({ length: 40 }, () => Int32Array.from({ length: 4 }, () => random.integer(6)));

async function startAdam(dtype: "float32" | "float64", threads = 1): Promise<Session> {
  const session = await compile(adamProgram(dtype), { threads });
  for (const name of Object.keys(start)) session.set(name, startOf(dtype, name));
  return session;
}

const start: Record<string, ArrayLike<number>> = { x, y, w: [0.1, -0.2, 0.3], m: [0, 0, 0], v: [0, 0, 0], step: [0] };

function startOf(dtype: "float32" | "float64", name: string) {
  return (dtype === "float32" ? Float32Array : Float64Array).from(start[name]);
}

async function lossesOf(session: Session): Promise<number[]> {
  const losses: number[] = [];
  for (const rows of batches) losses.push(Number((await session.run({ rows })).loss[0]));
  return losses;
}

describe("carried state", () => {
  it.each([
    ["float64", 1e-13],
    ["float32", 1e-5],
  ] as const)("makes 40 runs of an Adam step in %s equal plain Adam", async (dtype, tolerance) => {
    const session = await startAdam(dtype);
    const expected = plainAdam(x, y, batches);
    (await lossesOf(session)).forEach((loss, k) => {
      expect(Math.abs(loss - expected.losses[k])).toBeLessThan(tolerance);
    });
    for (const name of ["w", "m", "v"] as const) {
      session.get(name).forEach((value, j) => {
        expect(Math.abs(Number(value) - expected[name][j])).toBeLessThan(tolerance);
      });
    }
    expect(Number(session.get("step")[0])).toBe(40);
  });

  it("is read while the next is written: a, b ← b, a + b gives the Fibonacci numbers", async () => {
    const [a, b] = [input("a", "int64", [1]), input("b", "int64", [1])];
    const session = await compile({
      inputs: [a, b],
      outputs: { nextA: b, nextB: add(a, b) },
      carry: { a: "nextA", b: "nextB" },
    });
    session.set("a", Int32Array.of(0));
    session.set("b", Int32Array.of(1));
    for (let k = 0; k < 10; k++) expect(await session.run()).toEqual({});
    expect(session.get("a")).toEqual(BigInt64Array.of(55n));
  });

  it("may go to two inputs, which stay apart when one is set", async () => {
    const [a, b] = [input("a", "float64", [1]), input("b", "float64", [1])];
    const carry = { a: "next", b: "next" };
    const session = await compile({ inputs: [a, b], outputs: { next: add(a, b) }, carry });
    for (const name of ["a", "b"]) session.set(name, Float64Array.of(1));
    await session.run();
    session.set("a", Float64Array.of(5));
    await session.run();
    expect(session.get("b")).toEqual(Float64Array.of(7));
  });

  it("starts again where it is set", async () => {
    const session = await startAdam("float64");
    const first = await lossesOf(session);
    for (const name of ["m", "v"]) session.set(name, new Float64Array(3));
    session.set("w", Float64Array.of(0.1, -0.2, 0.3));
    session.set("step", new Float64Array(1));
    expect(await lossesOf(session)).toEqual(first);
  });

  it("is the same on two threads as on one", async () => {
    const [one, two] = await Promise.all([startAdam("float32"), startAdam("float32", 2)]);
    expect(await lossesOf(two)).toEqual(await lossesOf(one));
  });

  it("belongs to one session: two running at once do not touch each other", async () => {
    const sessions = await Promise.all([startAdam("float64"), startAdam("float64"), startAdam("float64")]);
    const alone = await lossesOf(await startAdam("float64"));
    for (const losses of await Promise.all(sessions.map(lossesOf))) expect(losses).toEqual(alone);
  });

  it("survives a run that fails", async () => {
    const session = await startAdam("float64");
    await session.run({ rows: batches[0] });
    const before = session.get("w");
    await expect(session.run({ rows: Int32Array.of(0, 1, 2, 6) })).rejects.toThrow(DomainError);
    expect(session.get("w")).toEqual(before);
    await session.run({ rows: batches[1] });
    const expected = plainAdam(x, y, batches.slice(0, 2)).w;
    session.get("w").forEach((value, j) => {
      expect(Number(value)).toBeCloseTo(expected[j], 13);
    });
  });

  it("is not copied anew at every run: memory stays where it is", async () => {
    const state = input("state", "float64", [500_000]);
    const session = await compile({
      inputs: [state],
      outputs: { next: mul(state, 0.5), copy: add(state, 1) },
      carry: { state: "next" },
    });
    session.set("state", new Float64Array(500_000));
    const runs = async (count: number) => {
      for (let k = 0; k < count; k++) await session.run();
    };
    await runs(50);
    const before = process.memoryUsage().rss;
    await runs(400);
    // 400 states or copies kept would be 1.6 GB each.
    expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
    await session.release();
  });

  it.each(["float32", "float64"] as const)(
    "passes through the repeats of one run as through runs, in %s",
    async (dtype) => {
      const one = await startAdam(dtype);
      const losses = await lossesOf(one);
      const program = { ...adamProgram(dtype), repeat: { most: 16, sliced: ["rows"] } };
      const session = await compile(program);
      for (const name of ["x", "y", "w", "m", "v", "step"]) session.set(name, startOf(dtype, name));
      const fed = new Int32Array(16 * 4);
      const repeated: number[] = [];
      for (const [from, count] of [
        [0, 16],
        [16, 1],
        [17, 16],
        [33, 7],
      ]) {
        for (let i = 0; i < count; i++) fed.set(batches[from + i], 4 * i);
        repeated.push(...Array.from((await session.run({ rows: fed }, count)).loss, Number));
      }
      expect(repeated).toEqual(losses);
      for (const name of ["w", "m", "v", "step"]) expect(session.get(name)).toEqual(one.get(name));
      await expect(session.run({ rows: fed }, 17)).rejects.toThrow("repetitions must be from 1 to 16, got 17");
      await expect(one.run({ rows: batches[0] }, 2)).rejects.toThrow("repetitions must be from 1 to 1, got 2");
      await expect(session.run({ rows: batches[0] })).rejects.toThrow("takes 64 values, got 4");
    },
  );

  it("refuses repeats that do not fit", async () => {
    const [a, b] = [input("a", "float64", [1]), input("b", "float64", [1])];
    const program = { inputs: [a, b], outputs: { next: add(a, b) } };
    const repeating = (sliced: string[], carry: Record<string, string>) =>
      compile({ ...program, carry, repeat: { most: 2, sliced } });
    await expect(repeating(["z"], {})).rejects.toThrow(new ConfigError("repeat: there is no input 'z' to slice"));
    await expect(repeating(["a"], { a: "next" })).rejects.toThrow("the input 'a' is carried, so it cannot be sliced");
    await expect(repeating([], { a: "next", b: "next" })).rejects.toThrow("'next' is carried to two inputs");
  });

  it("refuses to carry what does not fit", async () => {
    const a = input("a", "float32", [2]);
    const b = input("b", "float32", [3]);
    const program = { inputs: [a, b], outputs: { half: mul(a, 0.5) } };
    const carrying = (carry: Record<string, string>) => compile({ ...program, carry });
    await expect(carrying({ z: "half" })).rejects.toThrow(new ConfigError("carry: there is no input 'z'"));
    await expect(carrying({ a: "z" })).rejects.toThrow("carry: there is no output 'z'");
    await expect(carrying({ b: "half" })).rejects.toThrow(
      "carry: input 'b' is float32[3], output 'half' is float32[2]",
    );
  });
});
