import type { ExperimentConfig, MethodChoice } from "../config.ts";

/** One member of the default grid's kind and a third of its updates, so that five seeds take minutes. */
const IVAE: MethodChoice = { method: "ivae", options: { hidden: 50, learningRate: 0.003, steps: 2000 } };
const STAGE_1 = { heads: "joint", hidden: [128], epochs: 10 };
const COLLIDERS = { causes: "partial-correlation" };

/** Every method on linear data, d = 10, with the causes that iCaRL's collider rule finds among the latents of two. */
export const baselinesLinear: ExperimentConfig = {
  kind: "linear",
  seeds: [0, 1, 2, 3, 4],
  methods: [
    ...["raw", "pca", "fast-ica", "varimax"],
    { method: "sparse-heads", options: { starts: 3 } },
    { method: "shared-features", options: { starts: 3 } },
    IVAE,
    { method: "nf-ivae", options: { hidden: 50, learningRate: 0.003, steps: 1000 } },
    ...["mtlcm", "oracle"],
    { method: "mtlcm", label: "mtlcm, collider rule", options: COLLIDERS },
    { method: "oracle", label: "oracle, collider rule", options: COLLIDERS },
  ],
  data: { latentDim: 10, causalPerTask: 2, tasks: 200, rowsPerTask: 100, mixing: "orthogonal" },
};

/** Methods on small non-linear data, d = 5, on the inputs and on what stage 1 makes of them. */
export const baselinesNonlinear: ExperimentConfig = {
  kind: "nonlinear",
  seeds: [0, 1, 2],
  methods: [
    ...["raw", "pca", "fast-ica", "varimax"],
    IVAE,
    { method: "varimax", label: "varimax, on stage 1", options: { on: "representation", ...STAGE_1 } },
    { method: "fast-ica", label: "fast-ica, on stage 1", options: { on: "representation", ...STAGE_1 } },
    { method: "mtlcm", options: STAGE_1 },
  ],
  data: { latentDim: 5, causalPerTask: 2, tasks: 200, rowsPerTask: 100, inputDim: 20 },
};
