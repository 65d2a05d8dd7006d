import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { type CausalModelOptions, LINEAR_DEFAULTS } from "../data/synthetic/causal-options.ts";
import type { CausalTruth } from "../data/synthetic/latent-causal-model.ts";
import { type LinearDataOptions, linearData } from "../data/synthetic/linear.ts";
import { NONLINEAR_DEFAULTS, type NonlinearDataOptions, nonlinearData } from "../data/synthetic/nonlinear.ts";
import { ConfigError } from "../errors.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { latentNames } from "../model/fitted-model.ts";
import { type NamedColumn, writeFileAtomically, writeNpy, writeTable } from "../node/index.ts";
import { createRandom } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import { VERSION } from "../version.ts";
import type { GenerateFlags } from "./generate.ts";
import { printResult } from "./summary.ts";

/** Writes a linearly mixed data set: data.parquet, representation.npy, target.npy, task.npy, and truth/. */
export async function generateLinear(flags: GenerateFlags): Promise<void> {
  const { mixing, sigmaObs } = flags;
  const options: LinearDataOptions = defined({ ...causalOptions(flags), mixing, sigmaObs });
  const { representation, targets, truth } = linearData(options, createRandom(flags.seed));
  await prepare(flags, "linear", { ...LINEAR_DEFAULTS, mixing: "random", sigmaObs: 0.01, ...options });
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
  await prepare(flags, "nonlinear", { ...NONLINEAR_DEFAULTS, ...options });
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
  const config = { command: `generate ${kind}`, version: VERSION, seed, options };
  await writeFileAtomically(join(out, "config.yaml"), stringify(config));
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
    ...numberedColumns(prefix, 1, inputs),
    { name: "task", values: Array.from(task, (t) => taskNames[t] ?? "") },
    { name: "target", values },
  ]);
  await writeTruth(join(out, "truth"), truth, taskNames);
  const { latents } = truth;
  const summary = { out, rows: inputs.rows, columns: inputs.cols, tasks: taskNames.length, latents: latents.cols };
  printResult(flags, summary, () => [
    `${summary.rows} rows of ${summary.tasks} tasks, ${summary.latents} latents behind ${summary.columns} columns, in ${out}`,
  ]);
}

/** The truth twice: arrays for programs that compute, tables (latents; one row for every task and latent) for others. */
async function writeTruth(folder: string, truth: CausalTruth, taskNames: readonly string[]): Promise<void> {
  const { latents, causal, gamma, weights, targetNoise } = truth;
  const noise = matrix(targetNoise.length, 1, targetNoise);
  for (const [name, array] of Object.entries({ latents, causal, gamma, weights, target_noise: noise })) {
    await writeNpy(join(folder, `${name}.npy`), array);
  }
  const names = latentNames(latents.cols);
  await writeTable(join(folder, "latents.parquet"), numberedColumns("z", 0, latents));
  await writeTable(join(folder, "links.parquet"), [
    { name: "task", values: taskNames.flatMap((task) => names.map(() => task)) },
    { name: "latent", values: taskNames.flatMap(() => names) },
    { name: "causal", values: Int32Array.from(causal.data) },
    { name: "gamma", values: gamma.data },
    { name: "weight", values: weights.data },
    {
      name: "target_noise",
      values: Float64Array.from(taskNames.flatMap((_, t) => names.map(() => targetNoise[t] ?? 0))),
    },
  ]);
}

/** The columns of a matrix, named by `prefix` and a number that starts at `first`. */
function numberedColumns(prefix: string, first: number, { rows, cols, data }: Matrix): NamedColumn[] {
  return Array.from({ length: cols }, (_, j) => ({
    name: `${prefix}${j + first}`,
    values: Float64Array.from({ length: rows }, (_, i) => data[i * cols + j] ?? Number.NaN),
  }));
}

function causalOptions(flags: GenerateFlags): CausalModelOptions {
  const { latents: latentDim, causes: causalPerTask, tasks, rows: rowsPerTask } = flags;
  const { causeSize, effectSize, sigmaS, targetNoise, noise, degreesOfFreedom } = flags;
  const { confounding, targetConfounding, standardise } = flags;
  return defined({
    ...{ latentDim, causalPerTask, tasks, rowsPerTask, causeSize, effectSize, sigmaS, targetNoise },
    ...{ noise, degreesOfFreedom, confounding, targetConfounding, standardise },
  });
}

function defined<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}
