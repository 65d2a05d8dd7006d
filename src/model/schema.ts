import { z } from "zod";

const floats = z.instanceof(Float64Array);
const count = z.int().nonnegative();
const matrix = z.object({ rows: count, cols: count, data: floats });
const settings = z.record(z.string(), z.unknown());

/** Where a result comes from. */
export const provenanceSchema = z.object({
  version: z.string(),
  seed: z.int(),
  fingerprint: z.string(),
  engine: z.string().nullable(),
  device: z.string().nullable(),
  configuration: settings,
});

const scaling = z.looseObject({ mean: floats, scale: floats });

/** A trained stage 1. */
export const mtrnSchema = z.object({
  architecture: z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("mlp"), inputDim: count, hidden: z.array(count), featureDim: count }),
    z.object({
      kind: z.literal("egnn"),
      inputDim: count,
      edgeDim: count,
      hidden: z.array(count).min(1),
      featureDim: count,
      positionRelu: z.boolean(),
    }),
  ]),
  featureScaler: scaling,
  targetScaling: scaling,
  weights: z.record(z.string(), z.instanceof(Float32Array)),
  projection: z.object({ mean: floats, map: matrix, singularValues: floats }),
  headVariance: floats,
});

const mtlcm = z.looseObject({
  unmixing: matrix,
  mean: floats,
  explained: floats,
  residualVariance: matrix,
  pCause: matrix,
  pEffect: matrix,
  relation: z.object({ share: z.number(), scale: z.number(), background: z.number(), someUnrelated: z.number() }),
  effect: matrix,
  effectSe: matrix,
  weight: matrix,
  weightSe: matrix,
  shrinkage: floats,
  notes: z.array(z.string()),
  solver: z.looseObject({
    name: z.enum(["closed-form", "lbfgs", "adam"]),
    value: z.number(),
    starts: count,
    agreed: count,
    gap: z.number().nullable(),
    converged: z.boolean(),
    reason: z.string(),
    sigmaObs: z.number().optional(),
  }),
});

const certificate = z.looseObject({
  layout: z.enum(["long", "wide"]),
  fitRatio: z.number(),
  residualCorrelation: z.number(),
  modelHolds: z.boolean().nullable(),
  pairs: z.array(z.looseObject({ i: count, j: count, z: z.number(), separated: z.boolean() })),
  groups: z.array(z.array(count)),
  rivals: z
    .array(
      z.looseObject({ latents: z.array(count), correlation: z.number(), rise: z.number(), standardError: z.number() }),
    )
    .exactOptional(),
  predictedMcc: z.number().nullable(),
  latents: z.array(
    z.looseObject({
      predictedCorrelation: z.number().nullable(),
      noiseShare: z.number(),
      hiddenNoise: z.number().exactOptional(),
      noiseLeakage: z.number().exactOptional(),
      splitHalfCorrelation: z.number(),
      mixesWith: z.array(z.looseObject({ latent: count, leakage: z.number().nullable(), z: z.number() })),
      leakage: z.array(z.number().nullable()).exactOptional(),
      verdict: z.string(),
    }),
  ),
  splitHalfMcc: z.number(),
  split: z.enum(["rows", "tasks"]),
  beforeRefinement: z
    .looseObject({
      fitRatio: z.number(),
      residualCorrelation: z.number(),
      modelHolds: z.boolean().nullable(),
      predictedMcc: z.number().nullable(),
      splitHalfMcc: z.number(),
      verdict: z.string(),
    })
    .exactOptional(),
  verdict: z.string(),
});

const interval = z.object({ low: z.number(), median: z.number(), high: z.number() });

const bootstrap = z.looseObject({
  resample: z.enum(["rows", "tasks"]),
  replicates: count,
  failed: count,
  level: z.number(),
  mcc: interval,
  latents: z.array(z.looseObject({ stability: interval, correlation: interval.exactOptional(), leakage: floats })),
  flipped: z.number(),
  indicators: z.looseObject({
    flip: matrix,
    pCauseLow: matrix,
    pCauseHigh: matrix,
    residualVarianceLow: matrix,
    residualVarianceHigh: matrix,
  }),
});

const moments = z.object({
  dim: count,
  taskNames: z.array(z.string()),
  count: floats,
  meanH: matrix,
  meanY: floats,
  covH: matrix,
  covHY: matrix,
  varY: floats,
  pooled: z.object({ count: z.number(), mean: floats, covariance: matrix }),
});

/** What a model file must hold, by field; further fields of the two stages are kept as they are. */
export const modelSchema = z.object({
  layout: z.enum(["long", "wide"]),
  featureNames: z.array(z.string()),
  taskNames: z.array(z.string()),
  molecules: z.object({ cutoff: z.number().nonnegative(), geometry: z.enum(["3d", "none"]) }).optional(),
  atomReferences: z.object({ elements: z.array(count), coefficients: matrix }).optional(),
  mtrn: mtrnSchema.nullable(),
  mtlcm,
  certificate,
  bootstrap: bootstrap.exactOptional(),
  moments,
  adaptations: z.array(
    z.looseObject({
      task: z.string(),
      rows: count,
      roleSpread: matrix.exactOptional(),
      shownVariance: z.number().exactOptional(),
    }),
  ),
  provenance: provenanceSchema,
});

/** Trainable arrays by name. */
export const weightsSchema = z.record(z.string(), z.instanceof(Float32Array));

/** Where a training stands. */
export const trainStateSchema = z.object({
  step: count,
  weights: weightsSchema,
  moments: weightsSchema,
  best: z.object({ step: count, heldOutLoss: z.number(), weights: weightsSchema }).nullable(),
  plateau: z
    .object({ factor: z.number(), best: z.number().nullable(), waited: count, sum: z.number(), count })
    .optional(),
});

const refineStateSchema = trainStateSchema.extend({ round: count, before: count, from: weightsSchema.nullable() });

/** What a checkpoint holds: the state of a training, with that of a refinement after it, and the run it belongs to. */
export const checkpointSchema = z.object({
  state: trainStateSchema.extend({ refinement: refineStateSchema.optional() }),
  seed: z.int(),
  fingerprint: z.string(),
});
