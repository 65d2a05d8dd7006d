import { openTables, readMultiTaskData, selectColumns } from "../node/index.ts";
import type { FitPlan } from "./fit-plan.ts";
import type { Progress } from "./progress.ts";

/** The data of a plan and the fingerprint of its tables; what was left out is noted. */
export async function loadData({ tables, columns }: FitPlan, progress: Progress) {
  const opened = await openTables(tables);
  try {
    const { data, notices } = await readMultiTaskData(opened, await selectColumns(opened, columns));
    for (const notice of notices) progress.note(`note: ${notice}`);
    return { data, fingerprint: opened.fingerprint };
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
