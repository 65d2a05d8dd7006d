import type { MultiTaskData } from "../../src/data/multi-task-data.ts";
import { multiTaskData } from "../../src/data/multi-task-data.ts";
import type { CausalModelOptions } from "../../src/data/synthetic/causal-options.ts";
import type { CausalTruth } from "../../src/data/synthetic/latent-causal-model.ts";
import { linearData } from "../../src/data/synthetic/linear.ts";
import { nonlinearData } from "../../src/data/synthetic/nonlinear.ts";
import { type Matrix, matrix } from "../../src/linalg/matrix.ts";
import { createRandom, type Random } from "../../src/stats/random.ts";
import type { LongTargets } from "../../src/stats/targets.ts";
import type { PlaygroundSettings } from "./settings.ts";

/** Generated data: what a fit sees, and the truth behind it. */
export interface Generated {
  /** What stage 2 starts from (linear data), or the columns as numbers (nonlinear data), rows × columns. */
  readonly observed: Matrix;
  /** The columns and targets for both stages; nonlinear data alone. */
  readonly data?: MultiTaskData;
  readonly targets: LongTargets;
  readonly truth: Pick<CausalTruth, "latents" | "causal">;
}

/** Data by the paper's Algorithm 1, with whatever assumptions the settings break. Throws ConfigError for settings out of range. */
export function generate(settings: PlaygroundSettings): Generated {
  const { kind, observation, mixing, noise, latents, seed } = settings;
  const random = createRandom(seed);
  const causal: CausalModelOptions = {
    latentDim: latents,
    causalPerTask: settings.causes,
    tasks: settings.tasks,
    rowsPerTask: settings.rows,
    targetNoise: [noise, noise + 1],
    noise: settings.law,
    confounding: settings.confounding,
  };
  if (kind === "linear") {
    const { representation, truth, ...made } = linearData({ ...causal, mixing, sigmaObs: observation }, random);
    return { observed: representation, targets: targetsOf(settings, made.targets, random), truth };
  }
  const sizes = { inputDim: Math.max(20, 4 * latents), sigmaObs: observation > 0.01 ? observation : 0 };
  const { data, truth } = nonlinearData({ ...causal, ...sizes }, random);
  const targets = targetsOf(settings, data.targets as LongTargets, random);
  const { rows, cols, data: values } = data.features;
  return {
    observed: matrix(rows, cols, Float64Array.from(values)),
    data: multiTaskData({ ...data, targets }),
    targets,
    truth,
  };
}

function targetsOf({ shuffled, rows }: PlaygroundSettings, targets: LongTargets, random: Random): LongTargets {
  if (!shuffled) return targets;
  const stream = random.split("shuffle");
  const values = new Float64Array(targets.values.length);
  for (let first = 0; first < values.length; first += rows) {
    stream.permutation(rows).forEach((from, i) => {
      values[first + i] = targets.values[first + from] as number;
    });
  }
  return { ...targets, values };
}
