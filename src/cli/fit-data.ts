import { openTables, readMoleculeData, readMoleculeLabels, readMultiTaskData, selectColumns } from "../node/index.ts";
import type { FitPlan } from "./fit-plan.ts";
import { openWithProgress } from "./molecule-input.ts";
import type { Progress } from "./progress.ts";
import type { RowLabels } from "./run-results.ts";

/**
 * The data of a plan, what says which row is which, and the fingerprint of its files; what was left out is noted.
 * @param out - the folder of the run, beside which molecules that were read are kept
 */
export async function loadData(plan: FitPlan, out: string, progress: Progress) {
  if (plan.molecules) return loadMolecules(plan, plan.molecules, out, progress);
  const { data, fingerprint } = await loadTables(plan, progress);
  const labels: RowLabels = data.rowNames ? { names: data.rowNames } : {};
  return { data, labels, fingerprint };
}

/** The data of a plan on tables, and their fingerprint. */
export async function loadTables({ tables, columns }: FitPlan, progress: Progress) {
  const opened = await openTables(tables);
  try {
    const { data, notices } = await readMultiTaskData(opened, await selectColumns(opened, columns));
    for (const notice of notices) progress.note(`note: ${notice}`);
    return { data, fingerprint: opened.fingerprint };
  } finally {
    opened.close();
  }
}

async function loadMolecules(
  { tables, columns }: FitPlan,
  { cutoff, geometry, ...flags }: NonNullable<FitPlan["molecules"]>,
  out: string,
  progress: Progress,
) {
  const description = { cutoff, geometry };
  const opened = await openWithProgress(tables, flags, description, out, progress);
  try {
    const { data, notices } = await readMoleculeData(opened, columns, description);
    for (const notice of notices) progress.note(`note: ${notice}`);
    const { records, names, smiles } = await readMoleculeLabels(opened, columns.rowName);
    const labels: RowLabels = { numbers: records, smiles, ...(names && { names }) };
    return { data, labels, fingerprint: opened.fingerprint };
  } finally {
    opened.close();
  }
}

/** The number of latents where none was asked for: 10, or half the targets if that is less. */
export function defaultLatentDim(targets: number): number {
  return Math.min(10, Math.max(1, Math.floor(targets / 2)));
}

/** Where `--latent-dim auto` stops looking. */
const MOST_LATENTS = 20;

/** d as asked for, or the candidates from which it is chosen and the largest of them, which is trained. */
export function latentDimOptions({ options }: FitPlan, targets: number, rows: number) {
  const { latentDim = defaultLatentDim(targets), latentDims } = options;
  if (latentDims === undefined) return { latentDim };
  const most = Math.max(1, Math.min(MOST_LATENTS, targets - 1, rows - 1));
  const candidates = latentDims === "auto" ? Array.from({ length: most }, (_, i) => i + 1) : latentDims;
  return { latentDim: Math.max(...candidates), latentDims: candidates };
}
