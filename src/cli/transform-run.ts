import { ConfigError } from "../errors.ts";
import { transform } from "../model/transform.ts";
import { openTables, readNamedFeatures, readRowNames, writeNpy, writeTable } from "../node/index.ts";
import type { SharedOptions } from "./command.ts";
import { loadModel } from "./load-model.ts";
import { latentColumns } from "./run-results.ts";
import { printResult } from "./summary.ts";

/** Writes the latents of the rows of `tables` to `flags.out`. */
export async function runTransform(
  path: string,
  tables: readonly string[],
  flags: SharedOptions & { readonly out: string; readonly id?: string },
): Promise<void> {
  const model = await loadModel(path);
  if (model.mtrn === null) {
    throw new ConfigError(`${path}: fitted by unmix, so it has no encoder; apply unmixing.npy to the encoder's output`);
  }
  const opened = await openTables(tables);
  try {
    const features = await readNamedFeatures(opened, model.featureNames);
    const rowNames = flags.id === undefined ? undefined : await readRowNames(opened, flags.id);
    const latents = await transform(model, features);
    if (flags.out.endsWith(".npy")) await writeNpy(flags.out, latents);
    else await writeTable(flags.out, latentColumns(latents, rowNames));
    printResult(flags, { out: flags.out, rows: latents.rows, latents: latents.cols }, () => [
      `${latents.cols} latents of ${latents.rows} rows in ${flags.out}`,
    ]);
  } finally {
    opened.close();
  }
}
