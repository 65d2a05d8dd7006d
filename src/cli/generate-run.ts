import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import type { CausalModelOptions, CausalTruth } from "../data/synthetic/latent-causal-model.ts";
import { type LinearDataOptions, linearData } from "../data/synthetic/linear.ts";
import { type NonlinearDataOptions, nonlinearData } from "../data/synthetic/nonlinear.ts";
import { ConfigError } from "../errors.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { type NamedColumn, writeFileAtomically, writeNpy, writeTable } from "../node/index.ts";
import { createRandom } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import type { GenerateFlags } from "./generate.ts";
import { printResult } from "./summary.ts";

/** Writes a linearly mixed data set: data.parquet, representation.npy, target.npy, task.npy, and truth/. */
export async function generateLinear(flags: GenerateFlags): Promise<void> {
  const { mixing, sigmaObs } = flags;
  const options: LinearDataOptions = defined({ ...causalOptions(flags), mixing, sigmaObs });
  const { representation, targets, truth } = linearData(options, createRandom(flags.seed));
  await prepare(flags, "linear", options);
  await writeNpy(join(flags.out, "representation.npy"), representation);
  await writeNpy(join(flags.out, "truth", "mixing.npy"), truth.mixing);
  await writeShared(flags, "h", representation, targets, truth);
}

/** Writes a data set mixed by a network: data.parquet, features.npy, target.npy, task.npy, and truth/. */
export async function generateNonlinear(flags: GenerateFlags): Promise<void> {
  const { inputs: inputDim, depth: mixingDepth, width: mixingWidth, sigmaObs } = flags;
  const options: NonlinearDataOptions = defined({
    ...causalOptions(flags),
    ...{ inputDim, mixingDepth, mixingWidth, sigmaObs },
  });
  const { data, truth } = nonlinearData(options, createRandom(flags.seed));
  await prepare(flags, "nonlinear", options);
  const { rows, cols } = data.features;
  const features = matrix(rows, cols, Float64Array.from(data.features.data));
  await writeNpy(join(flags.out, "features.npy"), features);
  for (const [layer, { weights, bias }] of truth.mixing.entries()) {
    await writeNpy(join(flags.out, "truth", `mixing.${layer}.weights.npy`), weights);
    await writeNpy(join(flags.out, "truth", `mixing.${layer}.bias.npy`), matrix(1, bias.length, bias));
  }
  await writeShared(flags, "x", features, data.targets as LongTargets, truth);
}

async function prepare({ out, force, seed }: GenerateFlags, kind: string, options: object): Promise<void> {
  const present = await readdir(out).catch(() => []);
  if (present.length > 0 && !force)
    throw new ConfigError(`${out}: the folder is not empty: choose another one, or --force`);
  await mkdir(join(out, "truth"), { recursive: true });
  await writeFileAtomically(join(out, "config.yaml"), stringify({ command: `generate ${kind}`, seed, options }));
}

async function writeShared(
  flags: GenerateFlags,
  prefix: string,
  inputs: Matrix,
  targets: LongTargets,
  truth: CausalTruth,
): Promise<void> {
  const { out } = flags;
  const { values, task, taskNames } = targets;
  await writeNpy(join(out, "target.npy"), matrix(values.length, 1, values));
  await writeNpy(join(out, "task.npy"), matrix(task.length, 1, Float64Array.from(task)));
  await writeTable(join(out, "data.parquet"), [
    ...inputColumns(prefix, inputs),
    { name: "task", values: Array.from(task, (t) => taskNames[t] ?? "") },
    { name: "target", values },
  ]);
  const { latents, causal, gamma, weights } = truth;
  for (const [name, array] of Object.entries({ latents, causal, gamma, weights })) {
    await writeNpy(join(out, "truth", `${name}.npy`), array);
  }
  const summary = { out, rows: inputs.rows, columns: inputs.cols, tasks: taskNames.length, latents: latents.cols };
  printResult(flags, summary, () => [
    `${summary.rows} rows of ${summary.tasks} tasks, ${summary.latents} latents behind ${summary.columns} columns, in ${out}`,
  ]);
}

function inputColumns(prefix: string, { rows, cols, data }: Matrix): NamedColumn[] {
  return Array.from({ length: cols }, (_, j) => ({
    name: `${prefix}${j + 1}`,
    values: Float64Array.from({ length: rows }, (_, i) => data[i * cols + j] ?? Number.NaN),
  }));
}

function causalOptions(flags: GenerateFlags): CausalModelOptions {
  const { latents: latentDim, causes: causalPerTask, tasks, rows: rowsPerTask } = flags;
  const { sigmaS, noise, confounding, standardise } = flags;
  return defined({ latentDim, causalPerTask, tasks, rowsPerTask, sigmaS, noise, confounding, standardise });
}

function defined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
