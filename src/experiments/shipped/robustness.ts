import type { ExperimentConfig } from "../config.ts";

/**
 * Where the method stops working, and whether it says so: linear data that depart from the model one way at a time.
 *
 * Mixing is orthogonal, so that no direction of it is drowned in observation noise by accident; the last two cases are
 * about that noise.
 */
export const robustness: ExperimentConfig = {
  kind: "linear",
  seeds: [0, 1, 2, 3, 4],
  methods: ["raw", "oracle", "mtlcm"],
  data: { latentDim: 10, causalPerTask: 2, tasks: 200, rowsPerTask: 100, mixing: "orthogonal" },
  cases: [
    { name: "the model itself" },
    { name: "Laplace noise", data: { noise: "laplace" } },
    { name: "Student noise", data: { noise: "student-t" }, grid: { degreesOfFreedom: [3, 5] } },
    { name: "confounded effects", grid: { confounding: [0.1, 0.3, 0.6, 0.9] } },
    {
      name: "hidden cause of target and effects",
      data: { confounding: 0.5 },
      grid: { targetConfounding: [0.2, 0.8], sigmaS: [0.1, 0.5] },
    },
    { name: "few tasks", grid: { tasks: [3, 6, 12, 25, 50] } },
    { name: "few rows", grid: { rowsPerTask: [6, 10, 15, 25, 50] } },
    { name: "number of causes", grid: { causalPerTask: [0, 1, 5, 8, 9, 10, [0, 10]] } },
    {
      name: "target noise",
      grid: {
        targetNoise: [
          [0, 0],
          [0.1, 0.1],
          [0.5, 0.5],
          [10, 10],
        ],
      },
    },
    { name: "weak effects", grid: { effectSize: [0.01, 0.03, 0.1, 0.3] } },
    { name: "noisy effects", grid: { sigmaS: [0.5, 1, 3, 10] } },
    { name: "not standardised", data: { standardise: false }, grid: { mixing: ["orthogonal", "random"] } },
    { name: "observation noise", grid: { sigmaObs: [0.03, 0.1, 0.3] } },
    { name: "observation noise, random mixing", data: { mixing: "random" }, grid: { sigmaObs: [0.01, 0.03, 0.1] } },
  ],
};
