import type { RuntimeOptions } from "../runtime/session.ts";
import { medianOfMeans, PARTS } from "./median-of-means.ts";
import { type FloatType, type Weights, zeros } from "./parameters.ts";
import { roomForOthers, type Team } from "./team.ts";
import { hold, lossSession, type Objective } from "./training-session.ts";

/** The loss on rows that are not trained on. */
export interface HeldOutRows {
  loss(weights: Weights): Promise<number>;
  release(): Promise<void>;
}

const FEWEST_ROWS_A_PART = 10;
const ALONE = { rank: 0, size: 1 };

/**
 * The loss on the rows `heldOut` as a median of means over interleaved parts of them; null when there are no such rows.
 * @param team - whose members all ask for the loss of the same weights: each computes some of the parts
 */
export async function heldOutRows(
  objective: Objective,
  heldOut: Int32Array,
  dtype: FloatType,
  runtime: RuntimeOptions,
  team?: Team,
): Promise<HeldOutRows | null> {
  if (heldOut.length === 0) return null;
  const parts = equalParts(heldOut, Math.max(1, Math.min(PARTS, Math.floor(heldOut.length / FEWEST_ROWS_A_PART))));
  const batches = { size: parts[0].length, all: () => parts };
  const { session, feeds } = await lossSession(objective, batches, dtype, runtime);
  const { rank, size } = team ?? ALONE;
  const losses = zeros(parts.length, dtype);
  const others = roomForOthers({ size }, dtype, [parts.length]);
  return {
    async loss(weights) {
      hold(session, weights);
      for (let k = rank; k < parts.length; k += size) {
        losses[k] = Number((await session.run(feeds(null, parts[k]))).loss[0]);
      }
      await team?.exchange([losses], others);
      const all = others.toSpliced(rank, 0, [losses]);
      return medianOfMeans(
        losses.map((_, k) => all[k % size][0][k]),
        losses.length,
      );
    },
    release: () => session.release(),
  };
}

/** Interleaved parts of one size, because neighbouring rows are often alike; up to `count` − 1 rows are left over. */
function equalParts(rows: Int32Array, count: number): Int32Array[] {
  const size = Math.floor(rows.length / count);
  return Array.from({ length: count }, (_, part) =>
    Int32Array.from({ length: size }, (_, i) => rows[i * count + part]),
  );
}
