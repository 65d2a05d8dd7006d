import type { ExperimentConfig } from "../config.ts";

/** The nonlinear experiment of Chen et al. 2024 at its own size, and smaller ones of the same kind. */
export const nonlinear: ExperimentConfig = {
  kind: "nonlinear",
  seeds: [0, 1, 2, 3, 4],
  methods: ["raw", "mtlcm", { method: "mtlcm", label: "mtlcm-refined", options: { refine: true } }],
  cases: [
    {
      name: "paper",
      data: { latentDim: 20, causalPerTask: 4, inputDim: 100, tasks: 500, rowsPerTask: 200 },
    },
    {
      name: "small",
      data: { causalPerTask: 2, tasks: 200, rowsPerTask: 200 },
      grid: { latentDim: [5, 10], inputDim: [20, 50, 100] },
    },
  ],
};
