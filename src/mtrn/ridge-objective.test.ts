import { describe, expect, it } from "vitest";
import { golden, goldenArray } from "../../test/golden.ts";
import { gradientError, gradientTolerance } from "../../test/gradient-check.ts";
import { gradient } from "../graph/gradient.ts";
import { constant, input, type Tensor } from "../graph/tensor.ts";
import { matrix } from "../linalg/matrix.ts";
import { compile } from "../runtime/session.ts";
import { accumulate } from "../stats/moments-rows.ts";
import { createRandom } from "../stats/random.ts";
import { blockOf, ridgeHead } from "./ridge-head.ts";
import { ridgeObjective } from "./ridge-objective.ts";

interface GoldenTask {
  readonly features: { readonly shape: readonly number[]; readonly data: readonly number[] };
  readonly target: { readonly data: readonly number[] };
}

const { penalty, tasks }: { readonly penalty: number; readonly tasks: readonly GoldenTask[] } =
  golden("joint-loss.json");
/** The moments of two golden tasks of four features. */
const blocks = tasks.slice(0, 2).map(({ features: { shape, data }, target }) => {
  const values = goldenArray(target);
  const targets = { layout: "long", values, task: new Int32Array(values.length), taskNames: ["t"] } as const;
  const rows = Int32Array.from(values, (_, i) => i);
  return blockOf(accumulate(matrix(shape[0], shape[1], goldenArray({ data })), targets, rows), 0);
});
const moments = Float64Array.from(blocks.flatMap(({ data }) => Array.from(data)));
const SHAPE = [2, 5, 6];
const SHARE = [0.75, 0.25];

const objective = (given: Tensor, lambda = penalty) => ridgeObjective(given, constant(SHARE, [2], given.dtype), lambda);

async function valueAndSlopes(dtype: "float32" | "float64", values: Float64Array, lambda = penalty) {
  const given = input("moments", dtype, SHAPE);
  const loss = objective(given, lambda);
  const session = await compile({ inputs: [given], outputs: { loss, slopes: gradient(loss, [given])[0] } });
  const found = await session.run({ moments: dtype === "float64" ? values : Float32Array.from(values) });
  await session.release();
  return { value: Number(found.loss[0]), slopes: Array.from(found.slopes, Number) };
}

describe("ridgeObjective", () => {
  it("has the value of heads solved one by one", async () => {
    const { value } = await valueAndSlopes("float64", moments);
    const one = blocks.map((block, k) => (SHARE[k] / 2) * Math.log(2 * ridgeHead(block, penalty).value));
    expect(Math.abs(value - one[0] - one[1])).toBeLessThan(1e-11);
    // Solved in double precision either way; what goes in and comes out is single.
    expect(Math.abs((await valueAndSlopes("float32", moments)).value - value)).toBeLessThan(1e-6);
  });

  it("has the slopes of its value, through the heads", async () => {
    const point = { shape: SHAPE, values: moments };
    expect(await gradientError(([given]) => objective(given), [point], createRandom(4))).toBeLessThan(
      gradientTolerance,
    );
  });

  it("would be caught with slopes of another penalty", async () => {
    const [own, other] = [await valueAndSlopes("float64", moments), await valueAndSlopes("float64", moments, 0)];
    const size = Math.max(...own.slopes.map(Math.abs));
    const apart = Math.max(...own.slopes.map((slope, i) => Math.abs(slope - other.slopes[i])));
    expect(apart / size).toBeGreaterThan(1e-3);
  });

  it("is the same for features of any scale, up to that of the target", async () => {
    const scaled = moments.map((value, at) => {
      const [i, j] = [Math.floor((at % 30) / 6), at % 6];
      return value * (i < 4 ? 10 : 1) * (j < 4 ? 10 : 1);
    });
    const [{ value }, { value: other }] = [
      await valueAndSlopes("float64", moments, 0.1),
      await valueAndSlopes("float64", scaled, 0.1),
    ];
    expect(other).toBeCloseTo(value, 12);
  });
});
