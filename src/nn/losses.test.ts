import { describe, expect, it } from "vitest";
import { gradient } from "../graph/gradient.ts";
import { input } from "../graph/tensor.ts";
import { compile } from "../runtime/session.ts";
import { halfMeanSquaredError, halfMeanSquaredErrorObserved } from "./losses.ts";

const prediction = input("prediction", "float64", [3, 2]);
const target = input("target", "float64", [3, 2]);
const p = Float64Array.of(1, 2, 3, 4, 5, 6);

async function evaluate(lossOf: typeof halfMeanSquaredError, y: Float64Array) {
  const loss = lossOf(prediction, target);
  const [slope] = gradient(loss, [prediction]);
  const session = await compile({ inputs: [prediction, target], outputs: { loss, slope } });
  const result = await session.run({ prediction: p, target: y });
  await session.release();
  return { loss: Number(result.loss[0]), slope: Array.from(result.slope, Number) };
}

describe("halfMeanSquaredError", () => {
  it("averages over rows and targets", async () => {
    const { loss, slope } = await evaluate(halfMeanSquaredError, Float64Array.of(0, 0, 3, 4, 4, 8));
    expect(loss).toBeCloseTo(5 / 6, 15);
    expect(slope.map((s) => Math.round(s * 6e12) / 1e12)).toEqual([1, 2, 0, 0, 1, -2]);
  });
});

describe("halfMeanSquaredErrorObserved", () => {
  it("leaves missing targets out of the sum, the divisor and the gradient", async () => {
    const { loss, slope } = await evaluate(halfMeanSquaredErrorObserved, Float64Array.of(0, NaN, 3, 4, NaN, 8));
    expect(loss).toBeCloseTo(2.5 / 4, 15);
    expect(slope.map((s) => s * 4)).toEqual([1, 0, 0, 0, 0, -2]);
  });

  it("is 0, not 0/0, when nothing was observed", async () => {
    const { loss, slope } = await evaluate(halfMeanSquaredErrorObserved, new Float64Array(6).fill(NaN));
    expect(loss).toBe(0);
    expect(slope).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
