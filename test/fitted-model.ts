import type { Matrix } from "../src/linalg/matrix.ts";
import type { FittedModel } from "../src/model/fitted-model.ts";
import { unmix } from "../src/model/unmix.ts";
import { createRandom } from "../src/stats/random.ts";
import type { Targets } from "../src/stats/targets.ts";

/** A model of a given representation, as `taskprism unmix` makes it. */
export function fittedModel(h: Matrix, targets: Targets, seed: number): FittedModel {
  const { layout, taskNames } = targets;
  const { latents: _, ...stages } = unmix(h, targets, { maxStarts: 5 }, createRandom(seed));
  const provenance = { version: "", seed, fingerprint: "", engine: null, device: null, configuration: {} };
  return { layout, featureNames: [], taskNames, mtrn: null, ...stages, adaptations: [], provenance };
}
