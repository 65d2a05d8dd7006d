import { ConfigError } from "../errors.ts";
import type { ExperimentConfig } from "./config.ts";
import { linear } from "./shipped/linear.ts";
import { nonlinear } from "./shipped/nonlinear.ts";
import { robustness } from "./shipped/robustness.ts";

/** The experiments that come with the package, by name: a description for people, and the configuration. */
export const experiments: ReadonlyMap<string, { readonly summary: string; readonly config: ExperimentConfig }> =
  new Map([
    ["linear", { summary: "linear mixing: stage 2 against the true mixing inverted", config: linear }],
    ["nonlinear", { summary: "mixing by a random network: both stages", config: nonlinear }],
    [
      "robustness",
      { summary: "departures from the model: where it stops working, and whether it says so", config: robustness },
    ],
  ]);

/** The configuration of only those cases whose names are given. Throws ConfigError for a name that no case has. */
export function onlyCases(config: ExperimentConfig, names: readonly string[]): ExperimentConfig {
  const { cases = [] } = config;
  const unknown = names.find((name) => !cases.some((part) => part.name === name));
  if (unknown !== undefined) {
    const known = cases.flatMap(({ name }) => name ?? []);
    const hint = known.length > 0 ? `there are ${known.join("; ")}` : "its cases have no names";
    throw new ConfigError(`there is no case '${unknown}' in this experiment; ${hint}`);
  }
  return names.length === 0 ? config : { ...config, cases: cases.filter(({ name = "" }) => names.includes(name)) };
}
