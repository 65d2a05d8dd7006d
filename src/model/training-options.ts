import { z } from "zod";

const count = z.int().positive().optional();

/** What may be said about stage 1, by name: the fields of `MtrnOptions` but the number of latents. */
export const stage1Options = {
  preset: z.enum(["default", "paper"]).optional(),
  featureDim: count,
  hidden: z.array(z.int().positive()).optional(),
  epochs: count,
  batchSize: count,
  learningRate: z.number().positive().optional(),
  warmUp: z.int().nonnegative().optional(),
  schedule: z.enum(["cosine", "constant"]).optional(),
  heads: z.enum(["joint", "ridge"]).optional(),
  headPenalty: z.number().positive().optional(),
  holdOut: z.number().min(0).lt(1).optional(),
  patience: count,
};

/** What a fit of both stages lets say about stage 2. */
export const stage2Options = {
  variance: z.enum(["free", "clamped"]).optional(),
  sigmaS: z.number().positive().optional(),
  maxStarts: count,
};

/** What may be said about refinement. */
export const refinementOptions = {
  refine: z.boolean().optional(),
  refineRounds: count,
  refineEpochs: count,
  refineRate: z.number().positive().optional(),
  refineHidden: z.array(z.int().positive()).optional(),
};
