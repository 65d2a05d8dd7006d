import { ConfigError } from "../errors.ts";
import type { Baseline } from "./baseline.ts";
import { icarl } from "./icarl.ts";
import { ivae } from "./ivae.ts";
import { fastIcaBaseline, pca, raw, sharedFeatures, sparseHeadsBaseline, varimaxBaseline } from "./linear.ts";
import { nfIvae } from "./nf-ivae.ts";

/** Every baseline by its name, in the order in which tables list them. */
// biome-ignore lint/suspicious/noExplicitAny: each takes back only the models that it made itself.
export const baselines: ReadonlyMap<string, Baseline<any, any>> = new Map(
  [raw, pca, fastIcaBaseline, varimaxBaseline, sparseHeadsBaseline, sharedFeatures, ivae, nfIvae, icarl].map(
    (baseline) => [baseline.name, baseline],
  ),
);

/** The baseline of that name. Throws ConfigError listing the names there are. */
export function baselineNamed(name: string): Baseline {
  const found = baselines.get(name);
  if (found !== undefined) return found;
  throw new ConfigError(`there is no baseline '${name}'; there are ${[...baselines.keys()].join(", ")}`);
}
