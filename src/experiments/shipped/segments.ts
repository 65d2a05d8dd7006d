import type { ExperimentConfig } from "../config.ts";

/**
 * The setting in which iVAE was introduced (Khemakhem et al. 2020, section 5.1): 40 segments of 1000 rows, five latents whose
 * variances change between segments, one mixing layer. A baseline that fails here is not yet one.
 */
export const segments: ExperimentConfig = {
  kind: "segments",
  seeds: [0, 1, 2, 3, 4],
  methods: ["raw", "pca", "fast-ica", { method: "ivae", options: { auxiliary: "task", learningRate: 0.003 } }],
};
