import { applyMixingNetwork, sampleMixingNetwork } from "../../src/data/synthetic/mixing-network.ts";
import { nonlinearData } from "../../src/data/synthetic/nonlinear.ts";
import { type Matrix, matrix } from "../../src/linalg/matrix.ts";
import { createRandom, type Random } from "../../src/stats/random.ts";
import type { LongTargets } from "../../src/stats/targets.ts";
import type { Column, Table } from "../tables/table.ts";

/** An example: what its button says, and what to expect of it. */
interface Example {
  readonly label: string;
  readonly about: string;
  readonly columns: () => Column[];
}

const LATENTS = 4;

/** Tables that are made here, for a first look. */
export const EXAMPLES = {
  assays: {
    label: "80 assays, each with rows of its own",
    about:
      "Long data: every compound was measured in one assay. Four latents, two of them causes of each assay and two its effects, " +
      "are seen through 40 descriptors. The assumptions hold, and all four are found.",
    columns: () => assays({ causalPerTask: 2, tasks: 80, rowsPerTask: 30, inputDim: 40 }),
  },
  materials: {
    label: "500 materials with 16 properties, some missing",
    about:
      "Wide data: every material has all properties, but for a twentieth of the values. Each property leans on one of four latents, " +
      "or on two.",
    columns: materials,
  },
  narrow: {
    label: "40 assays through too few descriptors",
    about:
      "Where the method does not hold: like the assays, but only 16 descriptors show the four latents, so that the network cannot " +
      "undo what mixed them. What it misses makes latents depend on each other given the target, and the certificate says so.",
    columns: () => assays({ causalPerTask: 1, tasks: 40, rowsPerTask: 80, inputDim: 16 }),
  },
} as const satisfies Readonly<Record<string, Example>>;

export type ExampleName = keyof typeof EXAMPLES;

/** The example of that name: the same table every time. */
export function exampleTable(name: ExampleName): Table {
  const columns = EXAMPLES[name].columns();
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
