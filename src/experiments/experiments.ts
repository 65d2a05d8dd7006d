import { ConfigError } from "../errors.ts";
import type { ExperimentConfig } from "./config.ts";
import type { SeedExperimentConfig } from "./seeds/config.ts";
import { qm9 } from "./seeds/qm9.ts";
import { superconductivity } from "./seeds/superconductivity.ts";
import { baselinesLinear, baselinesNonlinear, colliders } from "./shipped/baselines.ts";
import { linear } from "./shipped/linear.ts";
import { nonlinear } from "./shipped/nonlinear.ts";
import { robustness } from "./shipped/robustness.ts";
import { segments } from "./shipped/segments.ts";

/** The experiments with known truth that come with the package, by name: a description for people, and the configuration. */
export const experiments: ReadonlyMap<string, { readonly summary: string; readonly config: ExperimentConfig }> =
  new Map([
    ["linear", { summary: "linear mixing: stage 2 against the true mixing inverted", config: linear }],
    ["nonlinear", { summary: "mixing by a random network: both stages", config: nonlinear }],
    [
      "robustness",
      { summary: "departures from the model: where it stops working, and whether it says so", config: robustness },
    ],
    ["baselines-linear", { summary: "every method on linear data of one size", config: baselinesLinear }],
    [
      "baselines-nonlinear",
      { summary: "methods on small non-linear data, raw and after stage 1", config: baselinesNonlinear },
    ],
    [
      "colliders",
      { summary: "causes that depend on each other given their target: what NF-iVAE is for", config: colliders },
    ],
    ["segments", { summary: "latents that differ in variance alone: where iVAE is known to work", config: segments }],
  ]);

/** An experiment on real data that comes with the package. */
export interface SeedExperimentEntry {
  readonly summary: string;
  readonly config: SeedExperimentConfig;
  /** The files that it reads, each under the names that it may have, in the order in which they are read. */
  readonly files: readonly (readonly string[])[];
  /** Fewer rows than this are a subset of the data set. */
  readonly whole?: number;
}

/** The experiments on real data, by name. */
export const seedExperiments: ReadonlyMap<string, SeedExperimentEntry> = new Map([
  [
    "superconductivity",
    {
      summary: "81 properties of 21,263 materials: do seeds agree, and how well are targets predicted?",
      config: superconductivity,
      files: [
        ["unique_m.csv", "unique_m.csv.gz"],
        ["train.csv", "train.csv.gz"],
      ],
      whole: 21_263,
    },
  ],
  [
    "qm9",
    {
      summary: "12 properties of small molecules: do seeds agree, and how well are targets predicted?",
      config: qm9,
      files: [
        ["gdb9.sdf", "gdb9.sdf.gz", "gdb9_subset.sdf.gz"],
        ["gdb9.sdf.csv", "gdb9.sdf.csv.gz", "gdb9_subset.sdf.csv.gz"],
      ],
      whole: 130_000,
    },
  ],
]);

/** The configuration of only those cases whose names are given. Throws ConfigError for a name that no case has. */
export function onlyCases<C extends { readonly cases?: readonly { readonly name?: string | undefined }[] | undefined }>(
  config: C,
  names: readonly string[],
): C {
  const { cases = [] } = config;
  const unknown = names.find((name) => !cases.some((part) => part.name === name));
  if (unknown !== undefined) {
    const known = cases.flatMap(({ name }) => name ?? []);
    const hint = known.length > 0 ? `there are ${known.join("; ")}` : "its cases have no names";
    throw new ConfigError(`there is no case '${unknown}' in this experiment; ${hint}`);
  }
  return names.length === 0 ? config : { ...config, cases: cases.filter(({ name = "" }) => names.includes(name)) };
}
