import type { FittedModel } from "../model/fitted-model.ts";
import { transform } from "../model/transform.ts";
import { openTables, readNamedFeatures, readRowNames } from "../node/index.ts";
import { loadModelOrBaseline } from "./load-model.ts";
import { printResult } from "./summary.ts";
import type { TransformFlags } from "./transform.ts";
import { transformWithBaseline } from "./transform-baseline.ts";
import { transformRepresentation } from "./transform-representation.ts";
import { writeLatentsTo } from "./write-latents.ts";

/** Writes the latents of the rows of `tables` to `flags.out`. */
export async function runTransform(path: string, tables: readonly string[], flags: TransformFlags): Promise<void> {
  const loaded = await loadModelOrBaseline(path);
  if (loaded.kind === "baseline") return transformWithBaseline(loaded.baseline, tables, flags);
  const { model } = loaded;
  const encodeAndTransform = model.mtrn === null ? transformRepresentation : transformFeatures;
  const rows = await encodeAndTransform(model, tables, flags);
  const result = { out: flags.out, rows, latents: model.mtlcm.unmixing.rows };
  printResult(flags, result, () => [`${result.latents} latents of ${rows} rows in ${flags.out}`]);
}

async function transformFeatures(
  model: FittedModel,
  tables: readonly string[],
  { out, id }: TransformFlags,
): Promise<number> {
  const opened = await openTables(tables);
  try {
    const features = await readNamedFeatures(opened, model.featureNames);
    const rowNames = id === undefined ? undefined : await readRowNames(opened, id);
    const latents = await transform(model, features);
    await writeLatentsTo(out, latents, rowNames);
    return latents.rows;
  } finally {
    opened.close();
  }
}
