import { input } from "../graph/tensor.ts";
import { compile, type RuntimeOptions } from "../runtime/session.ts";
import type { BatchFeeds, MomentObjective } from "./moment-objective.ts";
import { packedLayout } from "./packed-weights.ts";
import type { FloatArray, FloatType, Weights } from "./parameters.ts";
import { dataTensors, PACKED, shareData } from "./training-session.ts";

/** A session that returns the moments of a batch. */
export interface MomentSession {
  /** Takes over the weights. */
  take(weights: Weights): void;
  run(feeds: BatchFeeds): Promise<FloatArray>;
  release(): Promise<void>;
}

/** The moments alone, of one batch a run. */
export async function momentSession<Batch>(
  objective: MomentObjective<Batch>,
  dtype: FloatType,
  runtime: RuntimeOptions,
): Promise<MomentSession> {
  const layout = packedLayout(PACKED, objective.parameters);
  const weights = input(PACKED, dtype, layout.parameter.shape);
  const session = await compile(
    {
      inputs: [...objective.inputs, ...dataTensors(objective), weights],
      outputs: { moments: objective.moments(layout.unpackTensor(weights)) },
    },
    runtime,
  );
  shareData(session, objective);
  return {
    take: (from) => session.set(PACKED, layout.pack(from, dtype)),
    run: async (feeds) => (await session.run(feeds)).moments as FloatArray,
    release: () => session.release(),
  };
}
