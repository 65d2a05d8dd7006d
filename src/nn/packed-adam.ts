import { DECAYS } from "./adam.ts";
import { vectorAdam } from "./adam-kernel.ts";
import { type FloatArray, type FloatType, zeros } from "./parameters.ts";

/** Weights with Adam's memory of them, as vectors, which `update` changes in place. */
export interface PackedAdam {
  readonly weights: FloatArray;
  readonly m: FloatArray;
  readonly v: FloatArray;
  /**
   * One update by the slopes of several parts of a batch, added up in their order and multiplied by `scale`.
   * @param rate - bias correction included, and so in `epsilon`: what `Adam.feeds` gives
   */
  update(slopes: readonly FloatArray[], scale: number, rate: number, epsilon: number): void;
}

/**
 * Adam outside of the runtime, by vector instructions where the engine has them, else by loops, which give the same bits. A run of
 * the runtime would cost three times as much: it hands out copies of everything that it has written.
 * @param size - length of the vectors
 */
export function packedAdam(size: number, dtype: FloatType): PackedAdam {
  return (dtype === "float32" ? vectorAdam(size) : null) ?? loopAdam(size, dtype);
}

/** Adam by loops. */
export function loopAdam(size: number, dtype: FloatType): PackedAdam {
  const [weights, m, v, sum] = [zeros(size, dtype), zeros(size, dtype), zeros(size, dtype), zeros(size, dtype)];
  const round = dtype === "float32" ? Math.fround : (value: number) => value;
  const { beta1, beta2 } = DECAYS;
  const [keep1, take1, keep2, take2] = [beta1, 1 - beta1, beta2, 1 - beta2].map(round);
  return {
    ...{ weights, m, v },
    update([first, ...others], ...factors) {
      const [scale, rate, epsilon] = factors.map(round);
      sum.set(first);
      for (const slopes of others) for (let i = 0; i < size; i++) sum[i] += slopes[i];
      for (let i = 0; i < size; i++) {
        const g = round(sum[i] * scale);
        m[i] = round(m[i] * keep1) + round(g * take1);
        v[i] = round(v[i] * keep2) + round(round(g * g) * take2);
        weights[i] -= round(round(m[i] * rate) / round(round(Math.sqrt(v[i])) + epsilon));
      }
    },
  };
}
