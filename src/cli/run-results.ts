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
  rowNames?: readonly string[],
): Promise<void> {
  if (latents !== undefined) await writeLatents(run, latentColumns(latents, rowNames));
  await writeIndicators(run, indicatorColumns(model));
  const solver: SolverReport & { seconds: number } = { ...model.mtlcm.solver, seconds: solverSeconds };
  await writeCertificate(run, { ...certificateFile(model), solver });
  await writeModel(run, encodeModel(model));
}

/** What certificate.json holds, but for the solver: the bootstrap too, of which the indicators have a table of their own. */
export function certificateFile({ certificate, bootstrap }: FittedModel): object {
  if (bootstrap === undefined) return certificate;
  const { indicators: _, latents, ...summary } = bootstrap;
  const plain = latents.map(({ stability, leakage }) => ({ stability, leakage: Array.from(leakage) }));
  return { ...certificate, bootstrap: { ...summary, latents: plain } };
}

/** The latents as table columns: row (from 1), the rows' names where they have any, z0, z1, … */
export function latentColumns(latents: Matrix, rowNames?: readonly string[]): NamedColumn[] {
  const { rows, cols, data } = latents;
  return [
    ...rowColumns(rows, rowNames),
    ...latentNames(cols).map((name, j) => ({
      name,
      values: Float64Array.from({ length: rows }, (_, i) => data[i * cols + j] ?? Number.NaN),
    })),
  ];
}

/** The columns that say which row is which: row (from 1), and id where rows have names. */
export function rowColumns(rows: number, rowNames?: readonly string[]): NamedColumn[] {
  return [
    { name: "row", values: Int32Array.from({ length: rows }, (_, i) => i + 1) },
    ...(rowNames ? [{ name: "id", values: rowNames }] : []),
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
