import type { SeedExperimentConfig } from "./config.ts";

const eV = { unit: "eV", factor: 1 };
const hartree = { unit: "eV", factor: 27.211386246 };
const others = {
  mu: { unit: "D", factor: 1 },
  alpha: { unit: "a0³", factor: 1 },
  r2: { unit: "a0²", factor: 1 },
};

/** The QM9 experiment of Chen et al. 2024: twelve properties of molecules of up to nine heavy atoms, d from 5 to 8. */
export const qm9: SeedExperimentConfig = {
  kind: "seeds",
  seeds: [0, 1, 2, 3, 4],
  latentDims: [5, 6, 7, 8],
  methods: ["raw", "pca", "fast-ica", "varimax", "mtlcm"],
  data: {
    molecules: { cutoff: 0, geometry: "3d" },
    targets: [
      {
        columns: ["mu", "alpha", "homo", "lumo", "gap", "r2", "zpve", "U0", "U", "H", "G", "Cv"],
        units: {
          ...{ ...others, homo: eV, lumo: eV, gap: eV, zpve: eV, U0: eV, U: eV, H: eV, G: eV },
          Cv: { unit: "cal/(mol K)", factor: 1 },
        },
      },
      // The edition of MoleculeNet, whose energies are in hartree.
      {
        columns: ["mu", "alpha", "homo", "lumo", "gap", "r2", "zpve", "u0", "u298", "h298", "g298", "cv"],
        units: {
          ...{ ...others, homo: hartree, lumo: hartree, gap: hartree, zpve: hartree },
          ...{ u0: hartree, u298: hartree, h298: hartree, g298: hartree },
          cv: { unit: "cal/(mol K)", factor: 1 },
        },
      },
    ],
  },
  testShare: 0.1,
  splitSeed: 0,
};
