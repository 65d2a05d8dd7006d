import { gradient } from "../graph/gradient.ts";
import { input, isInput, type Tensor } from "../graph/tensor.ts";
import { compile, type RuntimeOptions, type Session } from "../runtime/session.ts";
import type { Values } from "../runtime/values.ts";
import type { Adam } from "./adam.ts";
import type { LossSum } from "./losses.ts";
import { type PackedState, packedState } from "./packed-state.ts";
import { type PackedLayout, packedLayout } from "./packed-weights.ts";
import { type FloatArray, type FloatType, type Parameter, type WeightTensors, weightTensors } from "./parameters.ts";

/** What is minimised: the mean loss over rows of data that the runtime holds. */
export interface Objective {
  readonly parameters: readonly Parameter[];
  /** The data by name: graph inputs of that name with their values, gathered from by row index inside the graph. */
  readonly data: Readonly<Record<string, { readonly tensor: Tensor; readonly values: FloatArray | Int32Array }>>;
  /**
   * Inputs that are new at every update, for a batch of `count` rows, by name: noise, or rows that differ in size. `batches`
   * are all that will be asked for.
   */
  fed?(count: number, batches: Iterable<Int32Array>): Readonly<Record<string, FedInput>>;
  /**
   * Whether what is fed may be collected for several updates in one run of the runtime: noise may, whose numbers are few and of
   * one size. By default a run makes a single update of an objective that is fed anything.
   */
  readonly collectable?: boolean;
  /** The mean loss, a scalar, over the rows named by the int64 vector `rows`; `fed` holds the tensors of `fed(count, …)`. */
  loss(weights: WeightTensors, rows: Tensor, fed: WeightTensors): Tensor;
  /** The loss as the sum over the rows, and what it is divided by: so it adds up over parts of a batch, as a team needs it. */
  sums?(weights: WeightTensors, rows: Tensor, fed: WeightTensors): LossSum;
  /** What held-out rows are judged by, where that is not the loss. */
  criterion?(weights: WeightTensors, rows: Tensor, fed: WeightTensors): Tensor;
}

/** Numbers that depend on the update or its rows. */
export interface FedInput {
  readonly shape: readonly number[];
  /** The type of the numbers; that of the network unless it says otherwise. */
  readonly dtype?: "int64";
  /**
   * The values for update number `step` = 0, 1, … on `rows`, or, for `null`, those with which held-out rows are always
   * judged. The array may be the same one each time.
   */
  values(step: number | null, rows: Int32Array): FloatArray | Int32Array;
}

/** The batches that a session will be given: all of one size. */
export interface Batches {
  readonly size: number;
  all(): Iterable<Int32Array>;
}

/** A compiled model that is run on batches of rows. */
export interface BatchSession {
  readonly session: Session;
  /** What a run on these rows is fed of the data, at update number `step`; null where held-out rows are judged. */
  feeds(step: number | null, rows: Int32Array): Readonly<Record<string, Values>>;
}

/** A loss of a batch, and the graph inputs that a run is fed for it. */
export interface BatchLoss {
  readonly loss: Tensor;
  readonly inputs: readonly Tensor[];
}

/** A session that makes updates; weights and moments are carried from run to run. */
export interface UpdateSession extends PackedState {
  readonly session: Session;
}

/** What one update is a function of, beside the weights: a loss of the batch, and the inputs that differ in each. */
export interface UpdateOptions extends RuntimeOptions {
  readonly dtype: FloatType;
  /** The most updates that one run makes; default 1. Above 1, all inputs of the batch are fed with that leading axis. */
  readonly updatesPerRun?: number;
}

/** The vector that the weights are carried in. */
export const PACKED = "weights";

/** An update as a model: gather the batch, loss, gradients, Adam. `fed` is what each update is fed beside its rows. */
export async function trainingSession(
  objective: Objective,
  optimiser: Adam,
  batches: Batches,
  options: UpdateOptions,
): Promise<UpdateSession & { readonly fed: Readonly<Record<string, FedInput>> }> {
  const { rows, fed, inputs } = batchInputs(objective, batches, options.dtype);
  const lossOf = (weights: WeightTensors) => ({
    loss: objective.loss(weights, rows, fed),
    inputs: [rows, ...Object.values(fed)],
  });
  return { ...(await updateSession(objective, lossOf, optimiser, options)), fed: inputs };
}

/**
 * An update as a model, for any loss of a batch. All weights are one vector, and so are the optimiser's moments: Adam is then
 * a dozen operations instead of a dozen for every array, and three arrays instead of dozens pass between runs.
 */
export async function updateSession(
  { parameters, data }: Pick<Objective, "parameters" | "data">,
  lossOf: (weights: WeightTensors) => BatchLoss,
  optimiser: Adam,
  { dtype, updatesPerRun = 1, ...runtime }: UpdateOptions,
): Promise<UpdateSession> {
  const layout = packedLayout(PACKED, parameters);
  const packed = weightTensors([layout.parameter], dtype);
  const moments = weightTensors(optimiser.moments([layout.parameter]), dtype);
  const rates = optimiser.inputs(dtype);
  const weights = layout.unpackTensor(packed[PACKED]);
  const { loss, inputs } = lossOf(weights);
  const updated = optimiser.update(packed, { [PACKED]: packedSlopes(layout, loss, weights) }, moments, rates);
  const carried = { ...updated.weights, ...updated.moments };
  const differing = [...inputs, ...Object.values(rates)];
  const session = await compile(
    {
      inputs: [...differing, ...dataTensors({ data }), ...Object.values({ ...packed, ...moments })],
      outputs: {
        loss,
        ...Object.fromEntries(Object.entries(carried).map(([name, tensor]) => [`${name}:next`, tensor])),
      },
      carry: Object.fromEntries(Object.keys(carried).map((name) => [name, `${name}:next`])),
      ...(updatesPerRun > 1 && { repeat: { most: updatesPerRun, sliced: differing.filter(isInput).map(nameOf) } }),
    },
    runtime,
  );
  shareData(session, { data });
  return { session, ...packedState(session, layout, Object.keys(moments), dtype) };
}

/** The slopes of a loss as one vector. */
export function packedSlopes(layout: PackedLayout, loss: Tensor, weights: WeightTensors): Tensor {
  const slopes = gradient(loss, Object.values(weights));
  return layout.packTensors(Object.fromEntries(Object.keys(weights).map((name, i) => [name, slopes[i]])));
}

/** What held-out rows are judged by, on one batch at a time; the weights are to be set. */
export async function lossSession(
  objective: Objective,
  batches: Batches,
  dtype: FloatType,
  runtime: RuntimeOptions,
): Promise<BatchSession> {
  const { rows, fed, feeds } = batchInputs(objective, batches, dtype);
  const weights = weightTensors(objective.parameters, dtype);
  const loss = (objective.criterion ?? objective.loss)(weights, rows, fed);
  const session = await compile(
    {
      inputs: [rows, ...dataTensors(objective), ...Object.values({ ...weights, ...fed })],
      outputs: { loss },
    },
    runtime,
  );
  shareData(session, objective);
  return { session, feeds };
}

/** The graph inputs through which a batch is named and described, and their values for one. */
function batchInputs(objective: Objective, { size, all }: Batches, dtype: FloatType) {
  const inputs = objective.fed?.(size, all()) ?? {};
  return {
    inputs,
    rows: input("rows", "int64", [size]),
    fed: fedTensors(inputs, dtype),
    feeds: (step: number | null, rows: Int32Array) => ({ rows, ...fedValues(inputs, step, rows) }),
  };
}

/** One graph input for each of the numbers that are fed, named like them. */
export function fedTensors(inputs: Readonly<Record<string, FedInput>>, dtype: FloatType): WeightTensors {
  const entries = Object.entries(inputs);
  return Object.fromEntries(entries.map(([name, { shape, ...own }]) => [name, input(name, own.dtype ?? dtype, shape)]));
}

/** What a run on `rows` is fed, by the same names. */
export function fedValues(
  inputs: Readonly<Record<string, FedInput>>,
  step: number | null,
  rows: Int32Array,
): Record<string, FloatArray | Int32Array> {
  return Object.fromEntries(Object.entries(inputs).map(([name, { values }]) => [name, values(step, rows)]));
}

/** The graph inputs that hold the data. */
export function dataTensors({ data }: Pick<Objective, "data">): Tensor[] {
  return Object.values(data).map(({ tensor }) => tensor);
}

/** Gives the session the data, which it holds as they are, without a copy. */
export function shareData(session: Session, { data }: Pick<Objective, "data">): void {
  for (const [name, { values }] of Object.entries(data)) session.share(name, values);
}

/** Sets several inputs at once. */
export function hold(session: Session, values: Readonly<Record<string, FloatArray | Int32Array>>): void {
  for (const [name, array] of Object.entries(values)) session.set(name, array);
}

function nameOf(tensor: Tensor<{ readonly name: string }>): string {
  return tensor.attributes.name;
}
