import type { Session } from "../runtime/session.ts";
import type { LearnerState } from "./learner.ts";
import type { PackedLayout } from "./packed-weights.ts";
import type { FloatArray, FloatType } from "./parameters.ts";

/** The weights and the optimiser's memory that a session carries. */
export interface PackedState {
  /** Copies of them. */
  state(): LearnerState;
  /** Takes up a state. */
  restore(state: LearnerState): void;
}

/**
 * A session's state, of which it carries one vector each.
 * @param moments - the names of the vectors of the optimiser's memory: that of the weights and a suffix
 */
export function packedState(
  session: Session,
  layout: PackedLayout,
  moments: readonly string[],
  dtype: FloatType,
): PackedState {
  const { name } = layout.parameter;
  const suffixes = moments.map((moment) => moment.slice(name.length));
  return {
    state: () => {
      const read = (suffix: string) => layout.unpack(session.get(`${name}${suffix}`) as FloatArray, suffix);
      return { weights: read(""), moments: Object.assign({}, ...suffixes.map(read)) };
    },
    restore: ({ weights, moments: memory }) => {
      session.set(name, layout.pack(weights, dtype));
      for (const suffix of suffixes) session.set(`${name}${suffix}`, layout.pack(memory, dtype, suffix));
    },
  };
}
