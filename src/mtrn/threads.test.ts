import { describe, expect, it } from "vitest";
import type { MoleculeData } from "../data/molecules/molecule-data.ts";
import type { MultiTaskData } from "../data/multi-task-data.ts";
import { nonlinearData } from "../data/synthetic/nonlinear.ts";
import { createRandom } from "../stats/random.ts";
import { rowCount } from "../stats/targets.ts";
import { fitMtrn } from "./mtrn.ts";
import type { MtrnOptions } from "./options.ts";

const { data: long } = nonlinearData(
  { latentDim: 5, causalPerTask: 2, tasks: 20, rowsPerTask: 100, inputDim: 60 },
  createRandom(1),
);

/** The same features with every task's targets side by side. */
const wide: MultiTaskData = {
  ...long,
  targets: {
    layout: "wide",
    values: {
      rows: rowCount(long.targets),
      cols: 6,
      data: Float64Array.from({ length: 6 * rowCount(long.targets) }, (_, at) => Math.sin(at * at)),
    },
    taskNames: ["a", "b", "c", "d", "e", "f"],
  },
};

async function losses(data: MultiTaskData | MoleculeData, options: MtrnOptions): Promise<number[]> {
  const steps = fitMtrn(data, options, createRandom(2));
  const found: number[] = [];
  for (let k = 0; k < 6; k++) {
    const { value } = await steps.next();
    if (!("loss" in value)) throw new Error("training ended early");
    found.push(value.loss);
  }
  await steps.return(undefined as never);
  return found;
}

describe("training", () => {
  it.each([
    ["heads trained along", long, { heads: "joint" }],
    ["heads solved exactly", long, { heads: "ridge" }],
    ["wide targets", wide, {}],
    ["slopes that are sums of halves", long, { heads: "joint", hidden: [128], batchSize: 512 }],
  ] as const)("gives the same bits on any number of threads: %s", async (_, data, options) => {
    // Products of this size are divided among threads by the runtime.
    const shared = { latentDim: 5, epochs: 3, hidden: [512], batchSize: 500, ...options };
    const one = await losses(data, { ...shared, threads: 1 });
    expect(one.every(Number.isFinite)).toBe(true);
    for (const threads of [2, 3]) expect(await losses(data, { ...shared, threads })).toEqual(one);
  });
});
