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
