import { checkCausalOptions, LINEAR_DEFAULTS } from "../data/synthetic/causal-options.ts";
import { NONLINEAR_DEFAULTS } from "../data/synthetic/nonlinear.ts";
import { SEGMENT_DEFAULTS } from "../data/synthetic/segments.ts";
import { ConfigError } from "../errors.ts";
import type { DataOptions, ExperimentCase, ExperimentConfig, Kind, MethodChoice } from "./config.ts";
import { methodNamed } from "./methods.ts";

/** One job of an experiment: a data set and a method. Plain data that other processes can be sent. */
export interface Cell {
  /** What is computed, seed included, as text: two cells with the same id have the same result. */
  readonly id: string;
  readonly kind: Kind;
  /** Name of the case; "" where cases have none. */
  readonly name: string;
  readonly options: DataOptions;
  readonly seed: number;
  readonly method: CellMethod;
}

/** A method as a cell runs it: nothing left to defaults. */
export interface CellMethod {
  readonly method: string;
  readonly label: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Defaults of the data of each kind: what an option is where a configuration does not say. */
export const DATA_DEFAULTS = {
  linear: { ...LINEAR_DEFAULTS, mixing: "random", sigmaObs: 0.01 },
  nonlinear: NONLINEAR_DEFAULTS,
  segments: SEGMENT_DEFAULTS,
} as const;

/**
 * All cells of an experiment, in the order of its table: cases, combinations, methods, seeds.
 *
 * @throws ConfigError for options that do not fit together, a method that does not exist or cannot do this kind of
 *   data, and cells that occur twice.
 */
export function cellsOf(config: ExperimentConfig): Cell[] {
  const { kind, seeds } = config;
  const methods = config.methods.map((choice) => methodChoice(kind, choice));
  const cells = (config.cases ?? [{}]).flatMap((part) =>
    optionsOf(config, part).flatMap((options) => {
      if (kind !== "segments") checkCausalOptions({ ...DATA_DEFAULTS[kind], ...options });
      const { name = "" } = part;
      return methods.flatMap((method) =>
        seeds.map((seed) => {
          const content = { kind, name, options, seed, method };
          return { id: JSON.stringify(content), ...content };
        }),
      );
    }),
  );
  const seen = new Set<string>();
  for (const { id } of cells) {
    if (seen.has(id)) throw new ConfigError(`the configuration asks twice for ${id}`);
    seen.add(id);
  }
  return cells;
}

function methodChoice(kind: Kind, choice: string | MethodChoice): CellMethod {
  const { method, label = method, options = {} } = typeof choice === "string" ? { method: choice } : choice;
  const { kinds, parseOptions } = methodNamed(method);
  if (!kinds.includes(kind)) throw new ConfigError(`methods: '${method}' is not for ${kind} data`);
  parseOptions(options);
  return { method, label, options };
}

/** Every combination of the grids of the experiment and of one case, over their fixed options; names in one order. */
function optionsOf(config: ExperimentConfig, part: ExperimentCase): DataOptions[] {
  const axes = Object.entries({ ...config.grid, ...part.grid });
  const combinations = axes.reduce<Record<string, unknown>[]>(
    (found, [name, values]) => found.flatMap((options) => values.map((value) => ({ ...options, [name]: value }))),
    [{ ...config.data, ...part.data }],
  );
  const order = Object.keys(DATA_DEFAULTS[config.kind]);
  return combinations.map((options) =>
    Object.fromEntries(Object.entries(options).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b))),
  );
}
