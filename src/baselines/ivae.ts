import { splitRows } from "../data/split-rows.ts";
import { ConfigError, ShapeError } from "../errors.ts";
import type { Weights } from "../nn/parameters.ts";
import type { Objective } from "../nn/training-session.ts";
import type { Random } from "../stats/random.ts";
import { applyScaler, fitScaler, type NumericTable, type Scaler } from "../stats/standardise.ts";
import { type Activation, activations } from "./activation.ts";
import { type AuxiliaryKind, type AuxiliaryScheme, auxiliaryOf, auxiliarySize, fitAuxiliary } from "./auxiliary.ts";
import type { Baseline, BaselineModel, BaselineOptions } from "./baseline.ts";
import type { IvaeArchitecture } from "./ivae-network.ts";
import { type IvaeRows, ivaeObjective } from "./ivae-objective.ts";
import { posteriorMeans } from "./posterior-means.ts";
import { type GridMember, trainGrid } from "./train-grid.ts";

/** What may be said about an iVAE. `learningRate` and, for iVAE, `priorMean` are searched over a grid unless given. */
export interface IvaeOptions extends BaselineOptions {
  /** Width of every hidden layer; 100. */
  readonly hidden?: number | undefined;
  readonly learningRate?: number | undefined;
  /** Affine layers of every network; 3. */
  readonly depth?: number | undefined;
  readonly activation?: Activation | undefined;
  /** Variance of p(x | z), in units of the standardised columns; .01. */
  readonly decoderVariance?: number | undefined;
  /**
   * Mean of p(z | u) for iVAE: zero, as in the released code, or a network of u, without which effects of a target have nowhere to
   * go: their mean moves with it.
   */
  readonly priorMean?: "zero" | "learned" | undefined;
  /** Length of T(z) and λ(u) of NF-iVAE; 1. 0 leaves the network term out: a Gaussian prior by score matching. */
  readonly statistics?: number | undefined;
  /** Whether the terms of the bound are annealed as in the released code; false, as there. */
  readonly anneal?: boolean | undefined;
  readonly auxiliary?: AuxiliaryKind | undefined;
  /** Share of the rows held out to stop on and to choose by; .1. */
  readonly holdOut?: number | undefined;
}

/** A fitted iVAE or NF-iVAE. */
export interface IvaeModel extends BaselineModel {
  readonly method: "ivae" | "nf-ivae";
  readonly architecture: IvaeArchitecture;
  readonly scaler: Pick<Scaler, "mean" | "scale">;
  readonly auxiliary: AuxiliaryScheme;
  readonly weights: Weights;
}

/** The grid: every rate with every mean of the prior. Khemakhem et al. 2020 use rates of 1e-3 to 1e-2 and widths of 50 to 200. */
const GRID = { learningRate: [1e-3, 3e-3], priorMean: ["zero", "learned"] } as const;

const DEFAULTS = {
  hidden: 100,
  depth: 3,
  activation: "leaky-relu",
  decoderVariance: 0.01,
  anneal: false,
  auxiliary: "task-and-target",
  holdOut: 0.1,
  steps: 6000,
  batchSize: 256,
} as const;

/** The rate falls to a third after three epochs without a better training loss, at most to a thousandth. */
const PLATEAU = { factor: 1 / 3, patience: 3, least: 1e-3 };

/** The objective of a member of the grid. */
export type IvaeObjective = (
  architecture: IvaeArchitecture,
  rows: IvaeRows,
  random: Random,
  how: { readonly anneal: boolean; readonly steps: number; readonly statistics?: number | undefined },
) => Objective;

/** The identifiable variational autoencoder (Khemakhem et al. 2020): latents are the means of q(z | x, u). */
export const ivae = variational("ivae", "iVAE, told the task and the target", (architecture, rows, random, how) =>
  ivaeObjective(architecture, rows, random, how.anneal ? { steps: how.steps } : null),
);

/** A variational autoencoder with an auxiliary variable, trained over the grid, as a baseline. */
export function variational(
  method: IvaeModel["method"],
  summary: string,
  objectiveOf: IvaeObjective,
): Baseline<IvaeModel, IvaeOptions> {
  return {
    name: method,
    summary,
    trains: true,
    readsTargets: true,
    async *fitSteps({ inputs, targets }, options, random, resume) {
      const settings = { ...DEFAULTS, ...definedOnly(options) };
      check(settings);
      const scaler = fitScaler(inputs);
      const scheme = fitAuxiliary(targets, settings.auxiliary);
      const rows: IvaeRows = { x: standardised(scaler, inputs), auxiliary: auxiliaryOf(scheme, targets) };
      const { train, heldOut } = splitRows(targets, settings.holdOut, random.split("hold-out"));

      const { latentDim, hidden, depth, activation, decoderVariance, anneal, steps, statistics } = settings;
      const shared = { inputDim: inputs.cols, latentDim, auxiliary: auxiliarySize(scheme), hidden, depth, activation };
      const grid = gridOf(method, options).map(({ learningRate, priorMean }) => ({
        settings: { learningRate, ...(method === "ivae" && { priorMean }) },
        learningRate,
        architecture: { ...shared, decoderVariance, priorMean },
      }));
      const members = grid.map(
        ({ architecture, ...member }, k): GridMember => ({
          ...member,
          objective: objectiveOf(architecture, rows, random.split(k), { anneal, steps, statistics }),
        }),
      );
      const training = { ...settings, rows: train, heldOut, plateau: PLATEAU };
      const { weights, trials, chosen, stoppedBy } = yield* trainGrid(members, training, random, resume);

      const { architecture } = grid[chosen];
      const { mean, scale } = scaler;
      const model: IvaeModel = {
        method,
        inputDim: inputs.cols,
        architecture,
        scaler: { mean, scale },
        auxiliary: scheme,
        weights,
      };
      const latents = await posteriorMeans(architecture, weights, rows, options);
      return { model, latents, trials, chosen, converged: stoppedBy === null, stoppedBy };
    },
    async transform(model, { inputs, targets }, runtime) {
      if (targets === undefined) throw new ConfigError(`${method}: the latents of a row need its task and targets`);
      if (inputs.cols !== model.inputDim) {
        throw new ShapeError(`${method}: fitted to ${model.inputDim} columns, got ${inputs.cols}`);
      }
      const rows = {
        x: standardised({ ...model.scaler, constant: [] }, inputs),
        auxiliary: auxiliaryOf(model.auxiliary, targets),
      };
      return posteriorMeans(model.architecture, model.weights, rows, runtime);
    },
  };
}

function standardised(scaler: Scaler, inputs: NumericTable): Float32Array {
  const { data } = applyScaler(scaler, inputs);
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

/** The members of the grid. NF-iVAE has no Gaussian prior whose mean could be one or the other. */
function gridOf(method: IvaeModel["method"], { learningRate, priorMean }: IvaeOptions) {
  const rates = learningRate === undefined ? GRID.learningRate : [learningRate];
  const means = method === "nf-ivae" ? (["zero"] as const) : priorMean === undefined ? GRID.priorMean : [priorMean];
  return means.flatMap((mean) => rates.map((rate) => ({ learningRate: rate, priorMean: mean })));
}

function definedOnly<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function check(settings: (typeof DEFAULTS & IvaeOptions) | IvaeOptions): void {
  const { latentDim, hidden, depth, steps, batchSize, decoderVariance, learningRate, activation, holdOut } = settings;
  for (const [name, value] of Object.entries({ latentDim, hidden, depth, steps, batchSize })) {
    if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
      throw new ConfigError(`${name} must be a whole number of at least 1, got ${value}`);
    }
  }
  for (const [name, value] of Object.entries({ decoderVariance, learningRate })) {
    if (value !== undefined && !(value > 0)) throw new ConfigError(`${name} must be positive, got ${value}`);
  }
  if (activation !== undefined && !(activation in activations)) {
    throw new ConfigError(`activation must be one of ${Object.keys(activations).join(", ")}, got ${activation}`);
  }
  if (holdOut !== undefined && !(holdOut > 0 && holdOut < 1)) {
    throw new ConfigError(`holdOut must be in (0, 1), got ${holdOut}`);
  }
}
