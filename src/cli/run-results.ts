import type { Matrix } from "../linalg/matrix.ts";
import { encodeModel } from "../model/file.ts";
import { type FittedModel, latentNames } from "../model/fitted-model.ts";
import type { SolverReport } from "../mtlcm/mtlcm.ts";
import {
  type NamedColumn,
  type RunFolder,
  writeCertificate,
  writeIndicators,
  writeLatents,
  writeModel,
} from "../node/index.ts";

/** Writes what every fit leaves: the model, the latents of its rows, the indicators and the certificate. */
export async function writeResults(
  run: RunFolder,
  model: FittedModel,
  latents: Matrix,
  solverSeconds: number,
  rowNames?: readonly string[],
): Promise<void> {
  await writeLatents(run, latentColumns(latents, rowNames));
  await writeIndicators(run, indicatorColumns(model));
  const solver: SolverReport & { seconds: number } = { ...model.mtlcm.solver, seconds: solverSeconds };
  await writeCertificate(run, { ...model.certificate, solver });
  await writeModel(run, encodeModel(model));
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

/** One row for every task and latent: probability of being a cause, variance given the target, effect, weight. */
function indicatorColumns({ taskNames, mtlcm }: FittedModel): NamedColumn[] {
  const { pCause, residualVariance, effect, effectSe, weight, weightSe } = mtlcm;
  const names = latentNames(pCause.cols);
  return [
    { name: "task", values: taskNames.flatMap((task) => names.map(() => task)) },
    { name: "latent", values: taskNames.flatMap(() => names) },
    { name: "p_cause", values: pCause.data },
    { name: "residual_variance", values: residualVariance.data },
    { name: "effect", values: effect.data },
    { name: "effect_se", values: effectSe.data },
    { name: "weight", values: weight.data },
    { name: "weight_se", values: weightSe.data },
  ];
}
