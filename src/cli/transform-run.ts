import type { FittedModel } from "../model/fitted-model.ts";
import { loadModelOrBaseline } from "./load-model.ts";
import { openModelRows } from "./model-rows.ts";
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
  const rows =
    model.mtrn === null
      ? await transformRepresentation(model, tables, flags)
      : await transformRows(model, path, tables, flags);
  const result = { out: flags.out, rows, latents: model.mtlcm.unmixing.rows };
  printResult(flags, result, () => [`${result.latents} latents of ${rows} rows in ${flags.out}`]);
}

async function transformRows(
  model: FittedModel,
  path: string,
  tables: readonly string[],
  flags: TransformFlags,
): Promise<number> {
  const rows = await openModelRows(model, path, tables, flags);
  try {
    const latents = await rows.latents();
    await writeLatentsTo(flags.out, latents, rows.labels);
    return latents.rows;
  } finally {
    rows.close();
  }
}
