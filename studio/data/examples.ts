import { applyMixingNetwork, sampleMixingNetwork } from "../../src/data/synthetic/mixing-network.ts";
import { nonlinearData } from "../../src/data/synthetic/nonlinear.ts";
import { type Matrix, matrix } from "../../src/linalg/matrix.ts";
import { createRandom, type Random } from "../../src/stats/random.ts";
import type { LongTargets } from "../../src/stats/targets.ts";
import type { Column, Table } from "../tables/table.ts";

/** Tables that are made here, for a first look. */
export const EXAMPLES = {
  assays: "40 assays, each with rows of its own (long)",
  materials: "500 materials with 16 properties (wide, some missing)",
} as const;

export type ExampleName = keyof typeof EXAMPLES;

/** The example of that name: the same table every time. */
export function exampleTable(name: ExampleName): Table {
  const columns = name === "assays" ? assays() : materials();
  const rows = columns[0]?.values.length ?? 0;
  return { source: `example ${name}`, rows, columns, fingerprint: `example-${name}` };
}

/** Four latents, two of them causes of each assay, seen through 16 descriptors by a random network. */
function assays(): Column[] {
  const sizes = { latentDim: 4, causalPerTask: 1, tasks: 40, rowsPerTask: 80, inputDim: 16 };
  const { data } = nonlinearData(sizes, createRandom(7));
  const { values, task } = data.targets as LongTargets;
  const { rows, cols, data: x } = data.features;
  return [
    { kind: "text", name: "assay", values: Array.from(task, (t) => `assay ${t + 1}`) },
    ...numbered("descriptor ", matrix(rows, cols, Float64Array.from(x))),
    { kind: "numbers", name: "target", values },
  ];
}

/** Four independent latents; each property leans on one of them, or on two, and a twentieth of the values is missing. */
function materials(): Column[] {
  const [rows, d, properties] = [500, 4, 16];
  const random = createRandom(11);
  const z = matrix(rows, d, Float64Array.from({ length: rows * d }, random.split("latents").normal));
  const network = sampleMixingNetwork([d, 24, 12], random.split("mixing"));
  const y = matrix(rows, properties);
  for (let t = 0; t < properties; t++) propertyInto(y, t, z, random.split(`property${t}`));
  return [...numbered("measurement ", applyMixingNetwork(network, z)), ...numbered("property ", y)];
}

function propertyInto(y: Matrix, t: number, { cols: d, data: z }: Matrix, random: Random): void {
  const [main, other] = [t % d, random.integer(d)];
  const size = t % 3 === 0 ? random.uniform(-0.6, 0.6) : 0;
  for (let i = 0; i < y.rows; i++) {
    const value = (z[i * d + main] as number) + size * (z[i * d + other] as number) + 0.3 * random.normal();
    y.data[i * y.cols + t] = random.uniform(0, 1) < 0.05 ? Number.NaN : value;
  }
}

function numbered(prefix: string, { rows, cols, data }: Matrix): Column[] {
  return Array.from({ length: cols }, (_, j) => ({
    kind: "numbers" as const,
    name: `${prefix}${j + 1}`,
    values: Float64Array.from({ length: rows }, (_, i) => data[i * cols + j] as number),
  }));
}
