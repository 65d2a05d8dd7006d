import { describe, expect, it } from "vitest";
import { gradient } from "../graph/gradient.ts";
import { input } from "../graph/tensor.ts";
import { compile } from "../runtime/session.ts";
import { halfSquaredError, halfSquaredErrorObserved, meanLoss } from "./losses.ts";

const prediction = input("prediction", "float64", [3, 2]);
const target = input("target", "float64", [3, 2]);
const p = Float64Array.of(1, 2, 3, 4, 5, 6);

async function evaluate(losses: typeof halfSquaredError, y: Float64Array) {
  const { total, count } = losses(prediction, target);
  const loss = meanLoss({ total, count });
  const [slope] = gradient(loss, [prediction]);
  const session = await compile({ inputs: [prediction, target], outputs: { total, loss, slope } });
  const result = await session.run({ prediction: p, target: y });
  await session.release();
  return { total: [...result.total], loss: Number(result.loss[0]), slope: [...result.slope] };
}

describe("halfSquaredError", () => {
  it("is half the squared error by row, and by target on average", async () => {
    const { total, loss, slope } = await evaluate(halfSquaredError, Float64Array.of(0, 0, 3, 4, 4, 8));
    expect(total).toEqual([2.5, 0, 2.5]);
    expect(loss).toBeCloseTo(5 / 6, 15);
    expect(slope.map((s) => s * 6)).toEqual([1, 2, 0, 0, 1, -2]);
  });
});

describe("halfSquaredErrorObserved", () => {
  it("leaves missing targets out of the sum, the count and the gradient", async () => {
    const y = Float64Array.of(0, NaN, 3, 4, NaN, 8);
    const { total, loss, slope } = await evaluate(halfSquaredErrorObserved, y);
    expect(total).toEqual([0.5, 0, 2]);
    expect(loss).toBeCloseTo(2.5 / 4, 15);
    expect(slope.map((s) => s * 4)).toEqual([1, 0, 0, 0, 0, -2]);
  });

  it("is 0, not 0/0, when nothing was observed", async () => {
    const { loss, slope } = await evaluate(halfSquaredErrorObserved, new Float64Array(6).fill(NaN));
    expect(loss).toBe(0);
    expect(slope).toEqual([0, 0, 0, 0, 0, 0]);
  });
});
