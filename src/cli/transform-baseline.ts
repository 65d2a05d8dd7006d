import { baselineNamed } from "../baselines/baselines.ts";
import { ConfigError } from "../errors.ts";
import { matrix } from "../linalg/matrix.ts";
import { type FittedBaseline, transformByBaseline } from "../model/baseline-fit.ts";
import {
  openTables,
  readKnownTasks,
  readNamedFeatures,
  readNamedTarget,
  readRowNames,
  type TableSet,
} from "../node/index.ts";
import type { Targets } from "../stats/targets.ts";
import { printResult } from "./summary.ts";
import type { TransformFlags } from "./transform.ts";
import { writeLatentsTo } from "./write-latents.ts";

/** Writes the latents of the rows of `tables`, found by a baseline, to `flags.out`. */
export async function transformWithBaseline(
  baseline: FittedBaseline,
  tables: readonly string[],
  flags: TransformFlags,
): Promise<void> {
  const opened = await openTables(tables);
  try {
    const features = await readNamedFeatures(opened, baseline.featureNames);
    const rowNames = flags.id === undefined ? undefined : await readRowNames(opened, flags.id);
    const latents = await transformByBaseline(baseline, features, await targetsForBaseline(baseline, opened, flags));
    await writeLatentsTo(flags.out, latents, rowNames && { names: rowNames });
    printResult(flags, { out: flags.out, rows: latents.rows, latents: latents.cols }, () => [
      `${latents.cols} latents of ${latents.rows} rows in ${flags.out}`,
    ]);
  } finally {
    opened.close();
  }
}

/** The targets of the rows, for a baseline whose latents depend on them; undefined for one whose do not. */
async function targetsForBaseline(
  { method, layout, taskNames }: FittedBaseline,
  opened: TableSet,
  { task, target }: TransformFlags,
): Promise<Targets | undefined> {
  if (!baselineNamed(method).readsTargets) return undefined;
  if (layout === "wide") {
    const values = matrix(opened.rows, taskNames.length);
    for (const [t, name] of taskNames.entries()) {
      const column = await readNamedTarget(opened, name);
      for (let i = 0; i < opened.rows; i++) values.data[i * taskNames.length + t] = column[i] as number;
    }
    return { layout, values, taskNames };
  }
  if (task === undefined || target === undefined) {
    throw new ConfigError(`${method} tells latents by task and target: name their columns with --task and --target`);
  }
  const index = new Map(taskNames.map((name, t) => [name, t]));
  const names = await readKnownTasks(opened, task, taskNames);
  return {
    layout,
    values: await readNamedTarget(opened, target),
    task: Int32Array.from(names, (name) => index.get(name) as number),
    taskNames,
  };
}
