import type { SeedExperimentConfig } from "./config.ts";

/**
 * The superconductivity experiment of Chen et al. 2024: 81 properties of materials from their composition, d = 10. The paper's
 * own settings have the critical temperature among the inputs, though it is a target too.
 */
export const superconductivity: SeedExperimentConfig = {
  kind: "seeds",
  seeds: [0, 1, 2, 3, 4],
  latentDims: [10],
  methods: ["raw", "pca", "fast-ica", "varimax", "mtlcm"],
  data: {
    features: ["unique_m.*"],
    drop: ["unique_m.critical_temp", "unique_m.material", "train.number_of_elements"],
    targets: [{ columns: ["train.*"] }],
  },
  cases: [
    { name: "default" },
    {
      name: "paper, critical_temp among the inputs",
      data: {
        features: ["unique_m.*", "unique_m.critical_temp"],
        drop: ["unique_m.material", "train.number_of_elements"],
      },
      training: { preset: "paper" },
    },
  ],
  testShare: 0.1,
  splitSeed: 0,
};
