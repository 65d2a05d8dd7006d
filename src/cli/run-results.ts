import type { IcarlModel } from "../baselines/icarl.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { encodeModel } from "../model/file.ts";
import { type FittedModel, latentNames } from "../model/fitted-model.ts";
import type { Bootstrap } from "../mtlcm/bootstrap-summary.ts";
import type { SolverReport } from "../mtlcm/mtlcm.ts";
import {
  type NamedColumn,
  type RunFolder,
  writeCertificate,
  writeIndicators,
  writeLatents,
  writeModel,
} from "../node/index.ts";

/** Writes what every fit leaves: the model, the latents of its rows where it had rows, the indicators and the certificate. */
export async function writeResults(
  run: RunFolder,
  model: FittedModel,
  latents: Matrix | undefined,
  solverSeconds: number,
  labels: RowLabels = {},
): Promise<void> {
  if (latents !== undefined) await writeLatents(run, latentColumns(latents, labels));
  await writeIndicators(run, indicatorColumns(model));
  const solver: SolverReport & { seconds: number } = { ...model.mtlcm.solver, seconds: solverSeconds };
  await writeCertificate(run, { ...certificateFile(model), solver });
  await writeModel(run, encodeModel(model));
}

/** What certificate.json holds, but for the solver: the bootstrap too, of which the indicators have a table of their own. */
export function certificateFile({ certificate, bootstrap }: FittedModel): object {
  if (bootstrap === undefined) return certificate;
  const { indicators: _, latents, ...summary } = bootstrap;
  const plain = latents.map(({ leakage, ...intervals }) => ({ ...intervals, leakage: Array.from(leakage) }));
  return { ...certificate, bootstrap: { ...summary, latents: plain } };
}

/** What says which row is which. */
export interface RowLabels {
  /** Numbers of the rows in their table or file, from 1, where some were left out. */
  readonly numbers?: Int32Array;
  readonly names?: readonly string[];
  readonly smiles?: readonly string[];
}

/** The latents as table columns: what says which row is which, z0, z1, … */
export function latentColumns(latents: Matrix, labels: RowLabels = {}): NamedColumn[] {
  const { rows, cols, data } = latents;
  return [
    ...rowColumns(rows, labels),
    ...latentNames(cols).map((name, j) => ({
      name,
      values: Float64Array.from({ length: rows }, (_, i) => data[i * cols + j] ?? Number.NaN),
    })),
  ];
}

/** The columns that say which row is which: row (from 1), id where rows have names, smiles where they are molecules. */
export function rowColumns(rows: number, { numbers, names, smiles }: RowLabels = {}): NamedColumn[] {
  return [
    { name: "row", values: numbers ?? Int32Array.from({ length: rows }, (_, i) => i + 1) },
    ...(names ? [{ name: "id", values: names }] : []),
    ...(smiles ? [{ name: "smiles", values: smiles }] : []),
  ];
}

/** One row for every task and latent: probabilities, variance given the target, effect, weight. */
function indicatorColumns({ taskNames, mtlcm, bootstrap }: FittedModel): NamedColumn[] {
  const { pCause, pEffect, residualVariance, effect, effectSe, weight, weightSe } = mtlcm;
  const names = latentNames(pCause.cols);
  const columns = [
    { name: "task", values: taskNames.flatMap((task) => names.map(() => task)) },
    { name: "latent", values: taskNames.flatMap(() => names) },
    { name: "p_cause", values: pCause.data },
    { name: "residual_variance", values: residualVariance.data },
    { name: "effect", values: effect.data },
    { name: "effect_se", values: effectSe.data },
    { name: "weight", values: weight.data },
    { name: "weight_se", values: weightSe.data },
    { name: "p_effect", values: pEffect.data },
    { name: "p_unrelated", values: pEffect.data.map((p, at) => Math.max(0, 1 - p - (pCause.data[at] ?? 0))) },
  ];
  return bootstrap === undefined ? columns : [...columns, ...intervalColumns(bootstrap, pCause.data.length)];
}

/** One row for every task and latent: whether the latent is a cause, 0 or 1, and its weight in the invariant predictor. */
export function icarlColumns(taskNames: readonly string[], { causes, predictor }: IcarlModel): NamedColumn[] {
  const names = latentNames(causes.cols);
  return [
    { name: "task", values: taskNames.flatMap((task) => names.map(() => task)) },
    { name: "latent", values: taskNames.flatMap(() => names) },
    { name: "p_cause", values: causes.data },
    { name: "weight", values: predictor.weights.data },
  ];
}

/** How sure the indicators are; empty for tasks that were added after the bootstrap. */
function intervalColumns({ indicators }: Bootstrap, count: number): NamedColumn[] {
  const { flip, pCauseLow, pCauseHigh, residualVarianceLow, residualVarianceHigh } = indicators;
  const padded = ({ data }: Matrix) => Float64Array.from({ length: count }, (_, k) => data[k] ?? Number.NaN);
  return [
    { name: "p_flip", values: padded(flip) },
    { name: "p_cause_low", values: padded(pCauseLow) },
    { name: "p_cause_high", values: padded(pCauseHigh) },
    { name: "residual_variance_low", values: padded(residualVarianceLow) },
    { name: "residual_variance_high", values: padded(residualVarianceHigh) },
  ];
}
