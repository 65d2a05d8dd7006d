import { FIRST_FREE, loadVectorCode } from "../linalg/vector-code.ts";
import { DECAYS } from "./adam.ts";
import { ADAM_CODE } from "./adam-code.ts";
import type { PackedAdam } from "./packed-adam.ts";

/** The functions of wasm/adam.ts; places are in bytes. */
interface AdamKernel {
  addTo(sum: number, term: number, bytes: number): void;
  update(w: number, m: number, v: number, slopes: number, bytes: number, ...factors: number[]): void;
}

/** Vectors are filled up to whole registers. */
const REGISTER_BYTES = 16;
const FLOAT_BYTES = 4;

/** Adam by vector instructions, in memory of its own; null where the engine has none, or a page's policy forbids it. */
export function vectorAdam(size: number): PackedAdam | null {
  const bytes = Math.ceil((size * FLOAT_BYTES) / REGISTER_BYTES) * REGISTER_BYTES;
  const places = Array.from({ length: 5 }, (_, k) => FIRST_FREE + k * bytes);
  const program = loadVectorCode(ADAM_CODE, FIRST_FREE + 5 * bytes);
  if (program === null) return null;
  const vectors = places.map((place) => new Float32Array(program.memory, place, size));
  return adamOn(program.functions as AdamKernel, vectors, places, bytes);
}

function adamOn(
  kernel: AdamKernel,
  [weights, m, v, sum, term]: Float32Array[],
  [atWeights, atM, atV, atSum, atTerm]: number[],
  bytes: number,
): PackedAdam {
  const { beta1, beta2 } = DECAYS;
  return {
    ...{ weights, m, v },
    update([first, ...others], scale, rate, epsilon) {
      sum.set(first);
      for (const slopes of others) {
        term.set(slopes);
        kernel.addTo(atSum, atTerm, bytes);
      }
      kernel.update(atWeights, atM, atV, atSum, bytes, scale, beta1, 1 - beta1, beta2, 1 - beta2, rate, epsilon);
    },
  };
}
