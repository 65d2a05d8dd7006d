import { ConfigError, ShapeError } from "../errors.ts";
import { applyCentredMap, type CentredMap } from "../linalg/centred-map.ts";
import { identity, type Matrix, matrix, multiply, transpose } from "../linalg/matrix.ts";
import { momentsOf } from "../stats/moments.ts";
import type { Random } from "../stats/random.ts";
import { applyScaler, fitScaler, type NumericTable, type Scaler } from "../stats/standardise.ts";
import type { Targets } from "../stats/targets.ts";
import type { Baseline, BaselineModel, BaselineOptions, BaselineStep } from "./baseline.ts";
import { type FastIcaOptions, fastIca } from "./fast-ica.ts";
import { loadingsOf } from "./loadings.ts";
import { principalComponents } from "./pca.ts";
import { SPARSE_DEFAULTS, type SparseHeadsOptions, type SparseHeadsRound, sparseHeads } from "./sparse-heads.ts";
import { choosePenalty, PENALTIES, type PenaltyChoice } from "./sparse-penalty.ts";
import { varimax } from "./varimax.ts";

/** A fitted linear method: its latents are map · (x − mean). */
export interface LinearModel extends BaselineModel, CentredMap {
  readonly method: "raw" | "pca" | "fast-ica" | "varimax" | "sparse-heads" | "shared-features";
}

/** The columns themselves, standardised: what any other method must beat. All p of them, whatever d is. */
export const raw = linear("raw", "the columns themselves, standardised", (x) => ({
  map: identity(x.cols),
  converged: true,
}));

/** The first d principal components. */
export const pca = linear("pca", "principal components", (x, { latentDim }) => ({
  map: principalComponents(x, latentDim).map,
  converged: true,
}));

/** FastICA of the first d principal components: parallel and logcosh unless told otherwise, at most 1000 updates. */
export const fastIcaBaseline = linear<FastIcaOptions>("fast-ica", "FastICA", function* (x, problem) {
  const { latentDim, random, algorithm, contrast, tolerance, maxIterations = ICA_ITERATIONS } = problem;
  const components = principalComponents(x, latentDim);
  const white = applyCentredMap(components, x);
  const start = matrix(latentDim, latentDim);
  for (let k = 0; k < start.data.length; k++) start.data[k] = random.normal();
  const steps = fastIca(white, start, { algorithm, contrast, tolerance, maxIterations });
  for (;;) {
    const { value, done } = steps.next();
    if (done) return { map: multiply(value.unmixing, components.map), converged: value.converged };
    yield { step: value.iteration, steps: maxIterations, loss: value.change, trial: 1, trials: 1 };
  }
});

/** Varimax: the rotation of the first d principal components that makes their loadings on the targets sparse. */
export const varimaxBaseline = linear("varimax", "varimax of the loadings of the targets", (x, options) => {
  const components = principalComponents(x, options.latentDim);
  const { rotation, converged } = varimax(loadingsOf(applyCentredMap(components, x), options.targets));
  return { map: multiply(transpose(rotation), components.map), converged };
});

/** Sparse heads on the first d principal components (Lachapelle et al. 2023). */
export const sparseHeadsBaseline = sparse("sparse-heads", "sparse heads", 0);

/** The same, with heads of all tasks drawn to few latents (Fumero et al. 2023). */
export const sharedFeatures = sparse("shared-features", "sparse heads that share features", 0.002);

function sparse(method: "sparse-heads" | "shared-features", summary: string, sharing: number) {
  return linear<SparseHeadsOptions>(method, summary, function* (x, problem) {
    const components = principalComponents(x, problem.latentDim);
    const white = applyCentredMap(components, x);
    const { targets, random, starts = SPARSE_DEFAULTS.starts, rounds = SPARSE_DEFAULTS.rounds } = problem;
    const options = { starts, rounds, sharing: problem.sharing ?? sharing };
    const searched = problem.penalty === undefined ? PENALTIES.length : 0;
    const asSteps = { rounds, trials: searched + starts };
    const choice =
      searched > 0 ? yield* roundsAsSteps(choosePenalty(white, targets, options, random), 0, asSteps) : null;
    const penalty = choice === null ? problem.penalty : PENALTIES[choice.chosen];
    const solution = sparseHeads(momentsOf(white, targets), { ...options, penalty }, random);
    const { map, converged } = yield* roundsAsSteps(solution, searched, asSteps);
    return { map: multiply(map, components.map), converged, ...choice };
  });
}

/** The rounds of one start after another as the steps of a fit; `before` starts went before. */
function* roundsAsSteps<T>(
  solution: Generator<SparseHeadsRound, T>,
  before: number,
  { rounds, trials }: { readonly rounds: number; readonly trials: number },
): Generator<BaselineStep, T> {
  for (;;) {
    const { value, done } = solution.next();
    if (done) return value;
    yield { step: value.round, steps: rounds, loss: value.objective, trial: before + value.start, trials };
  }
}

const ICA_ITERATIONS = 1000;

interface LinearProblem extends BaselineOptions {
  readonly targets: Targets;
  readonly random: Random;
}

/** A map, and what it was chosen from where there was a grid. */
interface LinearSolution extends Partial<PenaltyChoice> {
  readonly map: Matrix;
  readonly converged: boolean;
}

/** A method that finds a linear map of standardised columns x. */
function linear<O extends object = object>(
  method: LinearModel["method"],
  summary: string,
  solve: (x: Matrix, problem: LinearProblem & O) => LinearSolution | Generator<BaselineStep, LinearSolution>,
): Baseline<LinearModel, BaselineOptions & O> {
  return {
    name: method,
    summary,
    trains: false,
    readsTargets: false,
    async *fitSteps({ inputs, targets }, options, random) {
      const { latentDim } = options;
      if (method !== "raw" && !(Number.isInteger(latentDim) && latentDim >= 1 && latentDim <= inputs.cols)) {
        throw new ConfigError(`latentDim must be a whole number from 1 to ${inputs.cols}, got ${latentDim}`);
      }
      const scaler = fitScaler(inputs);
      const x = applyScaler(scaler, doublePrecision(inputs));
      const solution = solve(x, { ...options, targets, random });
      const { map, converged, ...choice } = Symbol.iterator in solution ? yield* solution : solution;
      const model = { method, inputDim: inputs.cols, mean: scaler.mean, map: onRawColumns(map, scaler) };
      return {
        model,
        latents: applyCentredMap(model, doublePrecision(inputs)),
        trials: choice.trials ?? [{ settings: {}, criterion: null, steps: 1 }],
        chosen: choice.chosen ?? 0,
        converged,
        stoppedBy: null,
      };
    },
    async transform(model, { inputs }) {
      if (inputs.cols !== model.inputDim) {
        throw new ShapeError(`${method}: fitted to ${model.inputDim} columns, got ${inputs.cols}`);
      }
      return applyCentredMap(model, doublePrecision(inputs));
    },
  };
}

/** The map of standardised columns as a map of the columns as they are. */
function onRawColumns(map: Matrix, { scale }: Scaler): Matrix {
  return matrix(
    map.rows,
    map.cols,
    map.data.map((value, at) => value / scale[at % map.cols]),
  );
}

function doublePrecision({ rows, cols, data }: NumericTable): Matrix {
  return matrix(rows, cols, data instanceof Float64Array ? data : Float64Array.from(data));
}
