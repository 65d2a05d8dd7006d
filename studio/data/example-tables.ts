import { applyMixingNetwork, sampleMixingNetwork } from "../../src/data/synthetic/mixing-network.ts";
import { nonlinearData } from "../../src/data/synthetic/nonlinear.ts";
import { type Matrix, matrix } from "../../src/linalg/matrix.ts";
import { createRandom, type Random } from "../../src/stats/random.ts";
import type { LongTargets } from "../../src/stats/targets.ts";
import type { Column, Table } from "../tables/table.ts";
import type { ExampleName } from "./examples.ts";

const LATENTS = 4;

const COLUMNS: Readonly<Record<ExampleName, () => Column[]>> = {
  assays: () => assays({ causalPerTask: 2, tasks: 80, rowsPerTask: 30, inputDim: 40 }),
  materials,
  narrow: () => assays({ causalPerTask: 1, tasks: 40, rowsPerTask: 80, inputDim: 16 }),
};

/** The example of that name: the same table every time. */
export function exampleTable(name: ExampleName): Table {
  const columns = COLUMNS[name]();
  const rows = columns[0]?.values.length ?? 0;
  return { source: `example ${name}`, rows, columns, fingerprint: `example-${name}` };
}

/** Latents seen through descriptors by a random network, some of them causes of each assay, the others its effects. */
function assays(sizes: { causalPerTask: number; tasks: number; rowsPerTask: number; inputDim: number }): Column[] {
  const { data } = nonlinearData({ ...sizes, latentDim: LATENTS }, createRandom(7));
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
  const [rows, d, properties] = [500, LATENTS, 16];
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
