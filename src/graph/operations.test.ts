import { describe, expect, it } from "vitest";
import { ShapeError } from "../errors.ts";
import { compile } from "../runtime/session.ts";
import {
  and,
  cast,
  equal,
  greater,
  greaterEqual,
  isNaN as isNaNTensor,
  less,
  lessEqual,
  not,
  or,
  stopGradient,
  where,
} from "./comparison.ts";
import { add, div, maximum, minimum, mul, pow, square, sub } from "./elementwise.ts";
import { concat, gather, pad, scatterAdd, slice } from "./indexing.ts";
import { matmul } from "./matmul.ts";
import { logSumExp, max, mean, min, sum } from "./reductions.ts";
import { broadcastTo, expandDims, full, reshape, squeeze, sumTo, transpose } from "./shaping.ts";
import { constant, type DType, input, type Tensor } from "./tensor.ts";
import {
  abs,
  cos,
  exp,
  leakyRelu,
  log,
  neg,
  reciprocal,
  relu,
  sigmoid,
  sign,
  silu,
  sin,
  softplus,
  sqrt,
  tanh,
} from "./unary.ts";

/** Nested plain numbers, as `nested` returns them. */
type Nested = number | Nested[];

/** The value of a tensor that depends on no input, as nested arrays. */
async function evaluate(tensor: Tensor): Promise<Nested> {
  const session = await compile({ inputs: [], outputs: { value: tensor } });
  const { value } = await session.run();
  await session.release();
  return nested(Array.from(value as ArrayLike<number | bigint>, Number), tensor.shape);
}

function nested(values: readonly number[], shape: readonly number[]): Nested {
  const [extent, ...rest] = shape;
  if (extent === undefined) return values[0] as number;
  const size = values.length / extent;
  return Array.from({ length: extent }, (_, i) => nested(values.slice(i * size, (i + 1) * size), rest));
}

function vector(...values: number[]): Tensor {
  return constant(values, [values.length], "float64");
}

function integers(...values: number[]): Tensor {
  return constant(values, [values.length], "int64");
}

/** 0, 1, 2, … in a shape. */
function range(shape: readonly number[], dtype: DType = "float64"): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return constant([...new Array(size).keys()], shape, dtype);
}

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;

describe("functions of one number", () => {
  const at = [-800, -2.5, -0.3, 0, 0.4, 3, 800];
  const positive = [1e-9, 0.3, 1, 7, 1e9];
  it.each<[string, (x: Tensor) => Tensor, (x: number) => number, number[]]>([
    ["neg", neg, (x) => 0 - x, at],
    ["abs", abs, Math.abs, at],
    ["sign", sign, Math.sign, at],
    ["exp", exp, Math.exp, at.slice(0, -1)],
    ["log", log, Math.log, positive],
    ["sqrt", sqrt, Math.sqrt, positive],
    ["reciprocal", reciprocal, (x) => 1 / x, positive],
    ["sin", sin, Math.sin, at],
    ["cos", cos, Math.cos, at],
    ["tanh", tanh, Math.tanh, at],
    ["sigmoid", sigmoid, (x) => 1 / (1 + Math.exp(-x)), at],
    ["relu", relu, (x) => Math.max(x, 0), at],
    ["leakyRelu", (x) => leakyRelu(x, 0.1), (x) => (x > 0 ? x : 0.1 * x), at],
    ["softplus", softplus, (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), at],
    ["silu", silu, (x) => x / (1 + Math.exp(-x)), at],
    ["square", square, (x) => x * x, at],
  ])("%s is right in float64 and in float32", async (_, f, expected, points) => {
    const inFloat64 = (await evaluate(f(constant(points, [points.length], "float64")))) as number[];
    const inFloat32 = (await evaluate(f(constant(points, [points.length], "float32")))) as number[];
    points.forEach((x, i) => {
      expectClose(inFloat64[i] as number, expected(x), 1e-14);
      expectClose(inFloat32[i] as number, expected(Math.fround(x)), 2e-6);
    });
  });

  /** `tolerance` times the larger of 1e-3 and the value: a few units in the last place of the format. */
  function expectClose(actual: number, wanted: number, tolerance: number) {
    expect(Math.abs(actual - wanted)).toBeLessThanOrEqual(tolerance * Math.max(Math.abs(wanted), 1e-3));
  }
});

describe("arithmetic", () => {
  const a = constant([1, 2, 3, 4, 5, 6], [2, 3], "float64");
  const row = vector(10, 20, 30);
  const column = constant([1, -1], [2, 1], "float64");

  it.each<[string, Tensor, Nested]>([
    [
      "add stretches a row",
      add(a, row),
      [
        [11, 22, 33],
        [14, 25, 36],
      ],
    ],
    [
      "sub stretches a column",
      sub(column, a),
      [
        [0, -1, -2],
        [-5, -6, -7],
      ],
    ],
    [
      "mul stretches both",
      mul(column, row),
      [
        [10, 20, 30],
        [-10, -20, -30],
      ],
    ],
    ["div by a number", div(row, 4), [2.5, 5, 7.5]],
    ["a number div", div(60, row), [6, 3, 2]],
    ["sub from a number", sub(1, row), [-9, -19, -29]],
    ["pow by a tensor", pow(vector(2, 3, -2), vector(-1, 0.5, 3)), [0.5, Math.sqrt(3), -8]],
    ["pow by a number", pow(vector(-2, 3), 2), [4, 9]],
    ["pow of a number", pow(2, vector(3, -1)), [8, 0.5]],
    ["minimum", minimum(vector(1, 5, nan), vector(2, 4, 0)), [1, 4, nan]],
    ["maximum", maximum(vector(1, 5, nan), 2), [2, 5, nan]],
    ["integers", add(mul(integers(3, -4), 2), 1), [7, -7]],
  ])("%s", async (_, tensor, expected) => {
    expect(await evaluate(tensor)).toEqual(expected);
  });

  it("takes a plain number in the dtype of the other operand", () => {
    for (const dtype of ["float32", "float64", "int64"] as const) expect(add(2, range([2], dtype)).dtype).toBe(dtype);
  });

  it("refuses what does not fit, naming operation and shapes", () => {
    expect(() => add(a, vector(1, 2))).toThrow(new ShapeError("add: [2,3] and [2] do not broadcast"));
    expect(() => mul(a, range([3], "float32"))).toThrow("mul: float64[2,3] and float32[3] differ in dtype");
    expect(() => sub(less(a, 1), less(a, 2))).toThrow("sub: bool[2,3] and bool[2,3] are not numbers");
    expect(() => div(1, 2)).toThrow("div: one operand must be a tensor, got 1 and 2");
    expect(() => exp(range([2], "int64"))).toThrow("exp: int64[2] is not of floats");
    expect(() => leakyRelu(range([2], "int64"), 0.1)).toThrow("leakyRelu: int64[2] is not of floats");
  });
});

describe("comparison and choice", () => {
  const a = vector(1, 2, 3, nan);
  const yes = less(vector(0, 0), 1);
  const mixed = less(vector(0, 2), 1);

  it.each<[string, Tensor, Nested]>([
    ["less", less(a, 2), [1, 0, 0, 0]],
    ["lessEqual", lessEqual(a, 2), [1, 1, 0, 0]],
    ["greater", greater(a, 2), [0, 0, 1, 0]],
    ["greaterEqual", greaterEqual(a, 2), [0, 1, 1, 0]],
    ["equal", equal(a, a), [1, 1, 1, 0]],
    [
      "equal of integers",
      equal(integers(1, 2), constant([[2], [1]].flat(), [2, 1], "int64")),
      [
        [0, 1],
        [1, 0],
      ],
    ],
    ["and", and(yes, mixed), [1, 0]],
    ["or", or(not(yes), mixed), [1, 0]],
    ["not", not(mixed), [0, 1]],
    ["isNaN", isNaNTensor(a), [0, 0, 0, 1]],
    ["where", where(isNaNTensor(a), 0, a), [1, 2, 3, 0]],
    [
      "where, broadcast",
      where(mixed, constant([1, 2], [2, 1], "float64"), vector(8, 9)),
      [
        [1, 9],
        [2, 9],
      ],
    ],
    ["where of integers", where(mixed, integers(1, 2), 7), [1, 7]],
    ["cast to integers", cast(vector(1.7, -1.7), "int64"), [1, -1]],
    ["cast of booleans", cast(mixed, "float32"), [1, 0]],
    ["stopGradient", stopGradient(vector(1, 2)), [1, 2]],
  ])("%s", async (_, tensor, expected) => {
    expect(await evaluate(tensor)).toEqual(expected);
  });

  it("refuses what does not fit, naming operation and shapes", () => {
    expect(() => less(a, vector(1, 2))).toThrow(new ShapeError("less: [4] and [2] do not broadcast"));
    expect(() => equal(yes, mixed)).toThrow("equal: bool[2] and bool[2] are not numbers");
    expect(() => and(yes, a)).toThrow("and: bool[2] and float64[4] are not both of booleans");
    expect(() => not(a)).toThrow("not: float64[4] is not of booleans");
    expect(() => isNaNTensor(integers(1))).toThrow("isNaN: int64[1] is not of floats");
    expect(() => where(a, a, a)).toThrow("where: float64[4] is not of booleans");
    expect(() => where(yes, a, 0)).toThrow("where: [2] and [4] do not broadcast");
  });
});

describe("reductions", () => {
  const a = constant([3, 1, 2, 6, 5, 4], [2, 3], "float64");

  it.each<[string, Tensor, Nested]>([
    ["sum over all", sum(a), 21],
    ["sum over rows", sum(a, { axes: [0] }), [9, 6, 6]],
    ["sum keeping axes", sum(a, { axes: [-1], keepDims: true }), [[6], [15]]],
    [
      "sum over no axes",
      sum(a, { axes: [] }),
      [
        [3, 1, 2],
        [6, 5, 4],
      ],
    ],
    ["sum of a scalar", sum(constant(4)), 4],
    ["sum over both axes in any order", sum(a, { axes: [1, 0] }), 21],
    ["sum of integers", sum(range([4], "int64")), 6],
    [
      "sum over an axis of extent 1",
      sum(range([2, 1, 2]), { axes: [1] }),
      [
        [0, 1],
        [2, 3],
      ],
    ],
    ["mean", mean(a, { axes: [1] }), [2, 5]],
    ["max", max(a, { axes: [0] }), [6, 5, 4]],
    ["min", min(a), 1],
    ["logSumExp without overflow", logSumExp(vector(1000, 1000)), 1000 + Math.LN2],
    ["logSumExp without underflow", logSumExp(vector(-1000, -1000), { keepDims: true }), [-1000 + Math.LN2]],
  ])("%s", async (_, tensor, expected) => {
    expect(await evaluate(tensor)).toEqual(expected);
  });

  it("refuses axes that are not there, naming operation and shapes", () => {
    expect(() => sum(a, { axes: [2] })).toThrow(new ShapeError("sum: no axis 2 in a tensor of rank 2"));
    expect(() => mean(a, { axes: [-3] })).toThrow("sum: no axis -3 in a tensor of rank 2");
    expect(() => max(a, { axes: [0, -2] })).toThrow("max: axes [0,0] name one twice");
    expect(() => min(less(a, 1))).toThrow("min: bool[2,3] is not of numbers");
  });
});

describe("matmul", () => {
  const a = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const b = [
    [1, 0, 2, 1],
    [0, 1, 3, 1],
    [1, 1, 4, 1],
  ];
  const product = [
    [4, 5, 20, 6],
    [10, 11, 47, 15],
  ];
  const swap = (m: number[][]) => (m[0] as number[]).map((_, j) => m.map((row) => row[j] as number));
  const matrix = (m: number[][], dtype: DType) => constant(m.flat(), [m.length, (m[0] as number[]).length], dtype);

  it.each(["float32", "float64"] as const)("multiplies and transposes in %s", async (dtype) => {
    const results = [
      matmul(matrix(a, dtype), matrix(b, dtype)),
      matmul(matrix(swap(a), dtype), matrix(b, dtype), { transposeA: true }),
      matmul(matrix(a, dtype), matrix(swap(b), dtype), { transposeB: true }),
      matmul(matrix(swap(a), dtype), matrix(swap(b), dtype), { transposeA: true, transposeB: true }),
    ];
    for (const result of results) expect(await evaluate(result)).toEqual(product);
  });

  it("multiplies stacks, each way round", async () => {
    const stack = concat(
      [a, a.map((row) => row.map((x) => 2 * x))].map((m) => expandDims(matrix(m, "float64"), 0)),
      0,
    );
    const twice = [product, product.map((row) => row.map((x) => 2 * x))];
    const right = matrix(b, "float64");
    const rightStack = expandDims(right, 0);
    expect(await evaluate(matmul(stack, right))).toEqual(twice);
    expect(await evaluate(matmul(stack, rightStack))).toEqual(twice);
    expect(await evaluate(matmul(stack, transpose(right), { transposeB: true }))).toEqual(twice);
    expect(await evaluate(matmul(transpose(stack, [0, 2, 1]), right, { transposeA: true }))).toEqual(twice);
    expect(await evaluate(matmul(right, stack, { transposeA: true, transposeB: true }))).toEqual(twice.map(swap));
  });

  it("refuses what does not fit, naming the shapes", () => {
    const x = range([2, 3]);
    expect(() => matmul(x, x)).toThrow(
      new ShapeError("matmul: float64[2,3] by float64[2,3]: inner extents 3 and 2 differ"),
    );
    expect(() => matmul(x, range([2, 3]), { transposeA: true, transposeB: true })).toThrow(
      "matmul: float64[2,3]' by float64[2,3]': inner extents 2 and 3 differ",
    );
    expect(() => matmul(x, range([3]))).toThrow("both must have two axes or more");
    expect(() => matmul(x, range([3, 2], "float32"))).toThrow("both must be of the same float type");
    expect(() => matmul(range([2, 2, 3]), range([3, 3, 2]))).toThrow("matmul: [2] and [3] do not broadcast");
  });
});

describe("indexing", () => {
  const a = range([3, 2]);

  it.each<[string, Tensor, Nested]>([
    [
      "gather rows",
      gather(a, integers(2, 0, 2)),
      [
        [4, 5],
        [0, 1],
        [4, 5],
      ],
    ],
    ["gather one row", gather(a, constant(1, [], "int64")), [2, 3]],
    ["gather by a matrix", gather(vector(5, 6, 7), range([2, 1], "int64")), [[5], [6]]],
    ["gather columns", gather(a, integers(1), 1), [[1], [3], [5]]],
    [
      "scatterAdd of rows",
      scatterAdd(3, integers(2, 0, 2), a),
      [
        [2, 3],
        [0, 0],
        [4, 6],
      ],
    ],
    ["scatterAdd of numbers", scatterAdd(2, range([2, 1], "int64"), constant([3, 4], [2, 1], "float64")), [3, 4]],
    ["scatterAdd in float32", scatterAdd(1, integers(0, 0), range([2], "float32")), [1]],
    [
      "slice",
      slice(a, 0, 1, 3),
      [
        [2, 3],
        [4, 5],
      ],
    ],
    ["slice of nothing", slice(vector(1, 2), 0, 1, 1), []],
    [
      "pad",
      pad(a, -1, 1, 0),
      [
        [0, 0, 1],
        [0, 2, 3],
        [0, 4, 5],
      ],
    ],
    [
      "concat",
      concat([a, slice(a, 1, 0, 1)], 1),
      [
        [0, 1, 0],
        [2, 3, 2],
        [4, 5, 4],
      ],
    ],
  ])("%s", async (_, tensor, expected) => {
    expect(await evaluate(tensor)).toEqual(expected);
  });

  it("refuses what does not fit, naming operation and shapes", () => {
    expect(() => gather(a, a)).toThrow(new ShapeError("gather: indices float64[3,2] are not int64"));
    expect(() => gather(a, integers(1), 2)).toThrow("gather: no axis 2 in a tensor of rank 2");
    expect(() => scatterAdd(3, integers(1), a)).toThrow("scatterAdd: indices int64[1] do not fit updates float64[3,2]");
    expect(() => slice(a, 0, 2, 4)).toThrow("slice: 2 to 4 is not inside axis 0 of float64[3,2]");
    expect(() => pad(a, 0, -1, 0)).toThrow("pad: float64[3,2] by -1 and 0");
    expect(() => concat([a, range([2, 3])], 0)).toThrow(
      "concat: float64[3,2] and float64[2,3] do not fit along axis 0",
    );
    expect(() => concat([a, range([3, 2], "float32")], 0)).toThrow("concat: float64[3,2] and float32[3,2] do not fit");
    expect(() => concat([], 0)).toThrow("concat: no tensors");
  });
});

describe("shaping", () => {
  const a = range([2, 3]);

  it.each<[string, Tensor, Nested]>([
    [
      "reshape",
      reshape(a, [3, 2]),
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    ],
    ["reshape with an extent left over", reshape(a, [-1]), [0, 1, 2, 3, 4, 5]],
    ["expandDims", expandDims(vector(1, 2), -1), [[1], [2]]],
    ["squeeze", squeeze(constant([1, 2], [1, 2, 1], "float64")), [1, 2]],
    ["squeeze of one axis", squeeze(constant([1, 2], [1, 2, 1], "float64"), 0), [[1], [2]]],
    [
      "transpose",
      transpose(a),
      [
        [0, 3],
        [1, 4],
        [2, 5],
      ],
    ],
    ["transpose of three axes", transpose(range([1, 2, 3]), [2, 0, 1]), [[[0, 3]], [[1, 4]], [[2, 5]]]],
    [
      "broadcastTo",
      broadcastTo(vector(1, 2), [2, 2]),
      [
        [1, 2],
        [1, 2],
      ],
    ],
    ["full", full(3, [2], "int64"), [3, 3]],
    ["sumTo a column", sumTo(a, [2, 1]), [[3], [12]]],
    ["sumTo a row", sumTo(a, [3]), [3, 5, 7]],
    ["sumTo a scalar", sumTo(a, []), 15],
  ])("%s", async (_, tensor, expected) => {
    expect(await evaluate(tensor)).toEqual(expected);
  });

  it("refuses what does not fit, naming operation and shapes", () => {
    expect(() => reshape(a, [4])).toThrow(new ShapeError("reshape: float64[2,3] does not fill [4]"));
    expect(() => reshape(a, [4, -1])).toThrow("reshape: float64[2,3] does not fill [4,-1]");
    expect(() => transpose(a, [0, 0])).toThrow("transpose: [0,0] is not a permutation of the axes of float64[2,3]");
    expect(() => broadcastTo(a, [3])).toThrow("broadcastTo: float64[2,3] does not broadcast to [3]");
    expect(() => sumTo(a, [4])).toThrow("sumTo: [2,3] and [4] do not broadcast");
    expect(() => sumTo(a, [2, 2, 3])).toThrow("sumTo: [2,2,3] does not broadcast to float64[2,3]");
    expect(() => expandDims(a, 3)).toThrow("expandDims: no axis 3");
    expect(() => squeeze(a, 0)).toThrow("squeeze: axis 0 of float64[2,3] is not of extent 1");
  });
});

describe("constants and inputs", () => {
  it("hold what they were given, in every dtype", async () => {
    expect(await evaluate(constant([1.5, -0.25]))).toEqual([1.5, -0.25]);
    expect(await evaluate(constant([2n ** 40n, -1n], [2], "int64"))).toEqual([2 ** 40, -1]);
    expect(await evaluate(constant([0, 3], [2], "bool"))).toEqual([0, 1]);
    expect(await evaluate(constant(infinity, [2], "float64"))).toEqual([infinity, infinity]);
  });

  it("keep their values when the array changes", async () => {
    const values = Float64Array.of(1, 2);
    const tensor = constant(values, [2], "float64");
    values[0] = 9;
    expect(await evaluate(tensor)).toEqual([1, 2]);
  });

  it("refuse what is not a shape, or does not fill it", () => {
    expect(() => constant([1, 2], [3])).toThrow(new ShapeError("constant: [3] needs 3 values, got 2"));
    expect(() => constant(1, [1.5])).toThrow("constant: [1.5] is not a shape");
    expect(() => input("x", "float32", [-1])).toThrow("input 'x': [-1] is not a shape");
    expect(() => input("", "float32", [])).toThrow("input: the name is empty");
  });
});
