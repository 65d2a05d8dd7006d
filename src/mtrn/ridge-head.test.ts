import { describe, expect, it } from "vitest";
import { golden, goldenArray } from "../../test/golden.ts";
import { matrix } from "../linalg/matrix.ts";
import { accumulate } from "../stats/moments-rows.ts";
import { blockOf, headLoss, ridgeHead } from "./ridge-head.ts";
import { solveHeads } from "./solve-heads.ts";

interface GoldenTask {
  readonly features: { readonly shape: readonly number[]; readonly data: readonly number[] };
  readonly target: { readonly data: readonly number[] };
  readonly head: readonly number[];
  readonly intercept: number;
  readonly phi: number;
}

const file: { readonly penalty: number; readonly tasks: readonly GoldenTask[] } = golden("joint-loss.json");
/** The golden tasks as blocks of moments. */
const tasks = file.tasks.map(({ features: { shape, data }, target }) => {
  const features = matrix(shape[0], shape[1], goldenArray({ data }));
  const values = goldenArray(target);
  const targets = { layout: "long", values, task: new Int32Array(values.length), taskNames: ["t"] } as const;
  const rows = Int32Array.from(values, (_, i) => i);
  return { features, targets, rows, block: blockOf(accumulate(features, targets, rows), 0) };
});

describe("ridgeHead", () => {
  it("is NumPy's solution of the augmented least squares problem", () => {
    tasks.forEach(({ block }, t) => {
      const { slopes, value } = ridgeHead(block, file.penalty);
      const { head, phi } = file.tasks[t];
      // 1e-9: condition numbers of a few hundred, squared by the normal equations.
      slopes.forEach((w, j) => void expect(Math.abs(w - head[j])).toBeLessThan(1e-9));
      expect(Math.abs(value - phi)).toBeLessThan(1e-9);
    });
  });

  it("becomes the network's weights, intercept included", () => {
    const { features, targets, rows } = tasks[0];
    const { "heads.weight": weight, "heads.bias": bias } = solveHeads(features, targets, rows, file.penalty);
    // float32 weights.
    weight.forEach((w, j) => void expect(Math.abs(w - file.tasks[0].head[j])).toBeLessThan(1e-6));
    expect(Math.abs(bias[0] - file.tasks[0].intercept)).toBeLessThan(1e-5);
  });

  it("is judged on other rows of its task by their moments as row by row", () => {
    const { features, targets, rows } = tasks[0];
    const [own, other] = [rows.subarray(0, 20), rows.subarray(20)];
    const fitted = blockOf(accumulate(features, targets, own), 0);
    const head = ridgeHead(fitted, file.penalty);
    const { "heads.weight": weight, "heads.bias": bias } = solveHeads(features, targets, own, file.penalty);
    let squares = 0;
    for (const i of other) {
      const f = features.data.subarray(4 * i, 4 * i + 4);
      squares += (targets.values[i] - bias[0] - f.reduce((sum, value, j) => sum + value * weight[j], 0)) ** 2;
    }
    const byMoments = headLoss(head, fitted, blockOf(accumulate(features, targets, other), 0));
    expect(Math.abs(byMoments / (squares / other.length / 2) - 1)).toBeLessThan(1e-4);
  });
});
