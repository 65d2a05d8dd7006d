import { ConfigError } from "../errors.ts";
import { concat } from "../graph/indexing.ts";
import { reshape } from "../graph/shaping.ts";
import { input } from "../graph/tensor.ts";
import { compile, type RuntimeOptions, type Session } from "../runtime/session.ts";
import type { Random } from "../stats/random.ts";
import { adam } from "./adam.ts";
import { heldOutRows } from "./held-out-rows.ts";
import { initialState, type Learner, type LearnerState } from "./learner.ts";
import { packedAdam } from "./packed-adam.ts";
import { type PackedLayout, packedLayout } from "./packed-weights.ts";
import type { FloatArray, FloatType } from "./parameters.ts";
import { rowStream } from "./row-stream.ts";
import { checkShares, roomForOthers, shareOf, type Team } from "./team.ts";
import type { TrainOptions } from "./train.ts";
import {
  dataTensors,
  type FedInput,
  fedTensors,
  fedValues,
  type Objective,
  PACKED,
  packedSlopes,
  shareData,
} from "./training-session.ts";

/**
 * A learner that is one of a team. In an update it computes the slopes of its share of the batch, takes those of the others, and
 * makes the update by their sum for itself: all members hold the same weights, which are never sent. Slopes are added in order of
 * rank, so that the same number of members gives the same bytes.
 * @throws ConfigError for an objective whose loss cannot be added up over parts of a batch
 */
export async function teamLearner(
  objective: Objective,
  options: TrainOptions,
  random: Random,
  team: Team,
): Promise<Learner> {
  const { rows, heldOut, dtype = "float32" } = options;
  const { parameters } = objective;
  const batchSize = Math.min(options.batchSize, rows.length);
  checkShares(batchSize, team.size);
  const stepsPerEpoch = Math.ceil(rows.length / batchSize);
  const shares = ownShares(rowStream(rows, batchSize, random.split("batches")), batchSize, team);
  const layout = packedLayout(PACKED, parameters);
  const optimiser = adam();
  const packed = packedAdam(layout.size, dtype);
  const vectors = { "": packed.weights, ":m": packed.m, ":v": packed.v };
  const fed = objective.fed?.(shares.size, shares.until(options.epochs * stepsPerEpoch)) ?? {};
  const session = await slopeSession(objective, layout, { size: shares.size, fed }, dtype, options);
  const stopping = await heldOutRows(objective, heldOut, dtype, options, team);
  const others = roomForOthers(team, dtype, [layout.size, 2]);
  const state = (): LearnerState => {
    const read = (suffix: keyof typeof vectors) => layout.unpack(vectors[suffix], suffix);
    return { weights: read(""), moments: { ...read(":m"), ...read(":v") } };
  };
  return {
    engine: session.engine,
    device: session.device,
    fallbacks: session.fallbacks,
    stepsPerEpoch,
    updatesPerRun: 1,
    epochsPerStep: batchSize / rows.length,
    initial: () => initialState(parameters, optimiser, dtype, random, options.start),
    restore({ weights, moments }) {
      const arrays = { ...weights, ...moments };
      for (const [suffix, vector] of Object.entries(vectors)) vector.set(layout.pack(arrays, dtype, suffix));
    },
    state,
    async update(step, rates) {
      const share = shares.at(step);
      const found = await session.run({ [PACKED]: packed.weights, rows: share, ...fedValues(fed, step, share) });
      const own = [found.slopes, found.sums] as FloatArray[];
      await team.exchange(own, others);
      const all = others.toSpliced(team.rank, 0, own);
      const [total, count] = [0, 1].map((k) => all.reduce((sum, [, sums]) => sum + sums[k], 0));
      const divisor = Math.max(count, 1);
      const { "adam:rate": rate, "adam:epsilon": epsilon } = optimiser.feeds(step, rates, dtype);
      packed.update(
        all.map(([slopes]) => slopes),
        1 / divisor,
        rate[0],
        epsilon[0],
      );
      return [total / divisor];
    },
    heldOutLoss: stopping && (() => stopping.loss(state().weights)),
    async release() {
      await session.release();
      await stopping?.release();
    },
  };
}

/** The rows of each batch that are this member's. */
function ownShares(batch: ReturnType<typeof rowStream>, batchSize: number, team: Team) {
  const { start, end } = shareOf(batchSize, team);
  const buffer = new Int32Array(batchSize);
  const at = (step: number) => batch(step, buffer).subarray(start, end);
  return {
    size: end - start,
    at,
    *until(steps: number) {
      for (let step = 0; step < steps; step++) yield at(step);
    },
  };
}

/** The slopes of a share of the batch, as one vector, and its part of the loss: a sum, and what the sum of all is divided by. */
async function slopeSession(
  objective: Objective,
  layout: PackedLayout,
  { size, fed }: { readonly size: number; readonly fed: Readonly<Record<string, FedInput>> },
  dtype: FloatType,
  { device, threads }: RuntimeOptions,
): Promise<Session> {
  if (objective.sums === undefined) throw new ConfigError("a team needs a loss that can be added up over rows");
  const packed = input(PACKED, dtype, layout.parameter.shape);
  const rows = input("rows", "int64", [size]);
  const described = fedTensors(fed, dtype);
  const weights = layout.unpackTensor(packed);
  const { total, count } = objective.sums(weights, rows, described);
  const session = await compile(
    {
      inputs: [packed, rows, ...Object.values(described), ...dataTensors(objective)],
      outputs: {
        slopes: packedSlopes(layout, total, weights),
        sums: concat([reshape(total, [1]), reshape(count, [1])], 0),
      },
    },
    { ...(device && { device }), ...(threads && { threads }) },
  );
  shareData(session, objective);
  return session;
}
