import type { ExperimentConfig } from "../config.ts";

/** The linear experiment of Chen et al. 2024: three kinds of mixing, 200 tasks of 100 rows, from 3 to 50 latents. */
export const linear: ExperimentConfig = {
  kind: "linear",
  seeds: [0, 1, 2, 3, 4],
  methods: ["raw", "oracle", "mtlcm"],
  data: { tasks: 200, rowsPerTask: 100 },
  grid: { mixing: ["identity", "orthogonal", "random"] },
  cases: [
    { grid: { latentDim: [3, 5], causalPerTask: [1, 2] } },
    { grid: { latentDim: [10], causalPerTask: [2, 4] } },
    { grid: { latentDim: [20], causalPerTask: [4, 8] } },
    { grid: { latentDim: [50], causalPerTask: [10, 20] } },
  ],
};
