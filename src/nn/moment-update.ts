import { mul } from "../graph/elementwise.ts";
import { gradient } from "../graph/gradient.ts";
import { sum } from "../graph/reductions.ts";
import { neededLater, substitute } from "../graph/substitute.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import { compile, type RuntimeOptions, type Session } from "../runtime/session.ts";
import type { Adam } from "./adam.ts";
import type { BatchFeeds, MomentObjective } from "./moment-objective.ts";
import { type PackedState, packedState } from "./packed-state.ts";
import { packedLayout } from "./packed-weights.ts";
import { type FloatArray, type FloatType, type Weights, weightTensors, zeros } from "./parameters.ts";
import { dataTensors, PACKED, shareData } from "./training-session.ts";

/** Updates on a loss of moments. */
export interface MomentUpdates extends PackedState {
  readonly session: Session;
  /** The moments of a batch under the present weights; the next update is of this batch. */
  begin(feeds: BatchFeeds): Promise<FloatArray>;
  /**
   * One update by the slopes of the loss in the moments last returned, and the moments of the next batch under the new weights.
   * @param rates - what the optimiser is fed
   */
  update(slopes: FloatArray, rates: Weights, next: BatchFeeds): Promise<FloatArray>;
}

const SLOPES = "slopes";

/**
 * One run an update: the slopes of the moments of a batch come in, gradients and Adam follow, then the next batch is encoded under
 * the new weights and its moments go out. What the gradients need of how the moments came about (features, hidden layers)
 * is carried from run to run, so nothing is computed twice.
 */
export async function momentUpdates<Batch>(
  objective: MomentObjective<Batch>,
  optimiser: Adam,
  dtype: FloatType,
  runtime: RuntimeOptions,
): Promise<MomentUpdates> {
  const data = dataTensors(objective);
  const layout = packedLayout(PACKED, objective.parameters);
  const packed = weightTensors([layout.parameter], dtype);
  const memory = weightTensors(optimiser.moments([layout.parameter]), dtype);
  const rates = optimiser.inputs(dtype);

  const weights = layout.unpackTensor(packed[PACKED]);
  const moments = objective.moments(weights);
  const slopes = input(SLOPES, dtype, moments.shape);
  const gradients = gradient(sum(mul(slopes, moments)), Object.values(weights));
  const kept = neededLater([moments], gradients, new Set([packed[PACKED], ...data]));
  const carried = kept.map((tensor, k) => input(`kept:${k}`, tensor.dtype, tensor.shape));
  const fromKept = substitute(gradients, new Map(kept.map((tensor, k) => [tensor, carried[k]])));
  const named = Object.fromEntries(Object.keys(weights).map((name, k) => [name, fromKept[k]]));
  const updated = optimiser.update(packed, { [PACKED]: layout.packTensors(named) }, memory, rates);
  const [nextMoments, ...nextKept] = substitute(
    [moments, ...kept],
    new Map([[packed[PACKED], updated.weights[PACKED]]]),
  );

  const next = (name: string) => `${name}:next`;
  const state: [string, Tensor][] = [
    ...Object.entries({ ...updated.weights, ...updated.moments }),
    ...carried.map(({ attributes }, k): [string, Tensor] => [attributes.name, nextKept[k]]),
  ];
  const session = await compile(
    {
      inputs: [
        ...[...objective.inputs, slopes, ...Object.values(rates), ...data],
        ...[...Object.values({ ...packed, ...memory }), ...carried],
      ],
      outputs: { moments: nextMoments, ...Object.fromEntries(state.map(([name, tensor]) => [next(name), tensor])) },
      carry: Object.fromEntries(state.map(([name]) => [name, next(name)])),
    },
    runtime,
  );
  shareData(session, objective);
  return {
    session,
    ...packedState(session, layout, Object.keys(memory), dtype),
    async begin(feeds) {
      const first = await compile(
        {
          inputs: [...objective.inputs, ...data, packed[PACKED]],
          outputs: { moments, ...Object.fromEntries(kept.map((tensor, k) => [next(`kept:${k}`), tensor])) },
        },
        runtime,
      );
      shareData(first, objective);
      first.set(PACKED, session.get(PACKED));
      const { moments: values, ...found } = await first.run(feeds);
      for (const { attributes } of carried) session.set(attributes.name, found[next(attributes.name)]);
      await first.release();
      return values as FloatArray;
    },
    async update(by, fed, batch) {
      return (await session.run({ ...batch, ...fed, [SLOPES]: ofType(by, dtype) })).moments as FloatArray;
    },
  };
}

function ofType(values: FloatArray, dtype: FloatType): FloatArray {
  const result = zeros(values.length, dtype);
  result.set(values);
  return result;
}
