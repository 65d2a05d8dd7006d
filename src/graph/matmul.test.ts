import { describe, expect, it } from "vitest";
import { evaluate, range } from "../../test/evaluate.ts";
import { gradientError, gradientTolerance, type Point, randomPoint } from "../../test/gradient-check.ts";
import { ShapeError } from "../errors.ts";
import { createRandom } from "../stats/random.ts";
import { add, square } from "./elementwise.ts";
import { gradient } from "./gradient.ts";
import { concat } from "./indexing.ts";
import { affine, matmul } from "./matmul.ts";
import { sum } from "./reductions.ts";
import { expandDims, reshape, transpose } from "./shaping.ts";
import { constant, type DType, type Tensor } from "./tensor.ts";

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
  const swap = (m: number[][]) => m[0].map((_, j) => m.map((row) => row[j]));
  const matrix = (m: number[][], dtype: DType) => constant(m.flat(), [m.length, m[0].length], dtype);

  it.each(["float32", "float64"] as const)("multiplies and transposes in %s", async (dtype) => {
    const results = [
      matmul(matrix(a, dtype), matrix(b, dtype)),
      matmul(matrix(swap(a), dtype), matrix(b, dtype), { transposeA: true }),
      matmul(matrix(a, dtype), matrix(swap(b), dtype), { transposeB: true }),
      matmul(matrix(swap(a), dtype), matrix(swap(b), dtype), { transposeA: true, transposeB: true }),
    ];
    for (const result of results) expect(await evaluate(result)).toEqual(product);
  });

  // Each is computed in a way of its own: one column or row, few columns, a sum that the runtime takes into the product, and many rows.
  it.each([
    [7, 1, 4],
    [1, 7, 4],
    [7, 4, 1],
    [30, 20, 5],
    [9, 20, 18],
    [512, 2, 3],
  ])(
    "transposes factors of %d × %d × %d, and adds to the product, right and with right derivatives",
    async (k, n, m) => {
      const random = createRandom(5);
      const points = (transposeA: boolean, transposeB: boolean) => [
        randomPoint(transposeA ? [k, n] : [n, k], random),
        randomPoint(transposeB ? [m, k] : [k, m], random),
        randomPoint([n, m], random),
      ];
      for (const dtype of ["float32", "float64"] as const) {
        for (const transposeA of [true, false]) {
          for (const transposeB of [true, false]) {
            const [x, y, z] = points(transposeA, transposeB).map(({ shape, values }) => constant(values, shape, dtype));
            const expected = Array.from({ length: n }, (_, i) =>
              Array.from({ length: m }, (_, j) => {
                const [at, of, plus] = [x, y, z].map(({ attributes }) => Array.from(attributes.values, Number));
                const terms = Array.from({ length: k }, (_, l) => {
                  return at[transposeA ? l * n + i : i * k + l] * of[transposeB ? j * k + l : l * m + j];
                });
                return terms.reduce((total, term) => total + term, plus[i * m + j]);
              }),
            );
            const result = await evaluate(add(matmul(x, y, { transposeA, transposeB }), z));
            (result as number[][]).flat().forEach((value, i) => {
              expect(value).toBeCloseTo(expected.flat()[i], dtype === "float32" ? 4 : 12);
            });
          }
        }
      }
      const f = ([a, b, c]: readonly Tensor[]) => square(add(c, matmul(a, b, { transposeA: true })));
      expect(await gradientError(f, points(true, false), random)).toBeLessThan(gradientTolerance);
    },
  );

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

describe("affine", () => {
  const random = createRandom(3);

  it.each([{}, { transposeA: true }, { transposeB: true }, { transposeA: true, transposeB: true }])(
    "is the product plus the vector in every row, with right first and second derivatives: %j",
    async (options) => {
      const a = randomPoint(options.transposeA ? [3, 2] : [2, 3], random);
      const b = randomPoint(options.transposeB ? [4, 3] : [3, 4], random);
      const c = randomPoint([4], random);
      const tensor = ({ shape, values }: Point) => constant(values, shape, "float64");
      const apart = add(matmul(tensor(a), tensor(b), options), tensor(c));
      const together = affine(tensor(a), tensor(b), tensor(c), options);
      const [expected, got] = [await evaluate(apart), await evaluate(together)].map((m) => (m as number[][]).flat());
      got.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 14);
      });
      const f = ([x, w, v]: readonly Tensor[]) => sum(square(affine(x, w, v, options)));
      const slope = (inputs: readonly Tensor[]) =>
        concat(
          gradient(f(inputs), inputs).map((g) => reshape(g, [-1])),
          0,
        );
      expect(await gradientError(f, [a, b, c], random)).toBeLessThan(gradientTolerance);
      expect(await gradientError(slope, [a, b, c], random)).toBeLessThan(gradientTolerance);
    },
  );

  it("says what does not fit", () => {
    const [a, b] = [constant(1, [2, 3]), constant(1, [3, 4])];
    expect(() => affine(a, b, constant(1, [3]))).toThrow(
      new ShapeError("affine: float32[3] cannot be added to the rows of float32[2,4]"),
    );
    expect(() => affine(constant(1, [5, 2, 3]), b, constant(1, [4]))).toThrow(ShapeError);
  });
});
