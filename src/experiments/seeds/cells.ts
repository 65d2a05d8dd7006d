import type { CellMethod } from "../cells.ts";
import { type SeedCase, type SeedData, type SeedExperimentConfig, type SeedTraining, seedMethods } from "./config.ts";

/** One training: a case and a seed, and every d that is cut out of what it learns. Plain data for other processes. */
export interface SeedCell {
  /** What is computed, as text: two cells with the same id on the same data have the same result. */
  readonly id: string;
  readonly name: string;
  readonly seed: number;
  readonly latentDims: readonly number[];
  readonly methods: readonly CellMethod[];
  readonly training: SeedTraining;
  readonly updates?: number;
  readonly testShare: number;
  readonly splitSeed: number;
}

/** The cases of an experiment, one without a name where it has none, each with its own data and training. */
export function seedCases({ cases, data, training }: SeedExperimentConfig): (SeedCase & { readonly data: SeedData })[] {
  return (cases ?? [{ name: "" }]).map((part) => ({
    name: part.name,
    data: { ...data, ...part.data },
    training: { ...training, ...part.training },
  }));
}

/**
 * The trainings of one case. What the default preset learns does not depend on d, so that one training serves all; the
 * paper's features are as many as the latents, so that each d has its own.
 * @param fingerprint of the data
 */
export function seedCells(
  { seeds, latentDims, methods, updates, testShare, splitSeed }: SeedExperimentConfig,
  { name, training = {} }: SeedCase,
  fingerprint: string,
): SeedCell[] {
  const together = training.preset === "paper" ? latentDims.map((d) => [d]) : [latentDims];
  return seeds.flatMap((seed) =>
    together.map((dims) => {
      const shared = { methods: seedMethods(methods), training, ...(updates && { updates }), testShare, splitSeed };
      const content = { name, seed, latentDims: dims, ...shared };
      return { id: JSON.stringify({ ...content, fingerprint }), ...content };
    }),
  );
}
