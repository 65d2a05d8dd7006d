import { DECAYS } from "./adam.ts";
import { ADAM_CODE } from "./adam-code.ts";
import type { PackedAdam } from "./packed-adam.ts";

// What is used of the engine, which the rooms of numbers otherwise do without.
declare const WebAssembly: {
  validate(code: Uint8Array): boolean;
  readonly Module: new (code: Uint8Array) => object;
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};
declare const atob: (base64: string) => string;

/** The functions of wasm/adam.ts; places are in bytes. */
interface AdamKernel {
  addTo(sum: number, term: number, bytes: number): void;
  update(w: number, m: number, v: number, slopes: number, bytes: number, ...factors: number[]): void;
}

const PAGE_BYTES = 65_536;
/** The compiler's own data come first. */
const FIRST_BYTES = 4096;
/** Vectors are filled up to whole registers. */
const REGISTER_BYTES = 16;
const FLOAT_BYTES = 4;

/** Adam by vector instructions, in memory of its own; null where the engine has none, or a page's policy forbids it. */
export function vectorAdam(size: number): PackedAdam | null {
  if (typeof WebAssembly === "undefined") return null;
  const code = Uint8Array.from(atob(ADAM_CODE), (letter) => letter.charCodeAt(0));
  if (!WebAssembly.validate(code)) return null;
  const bytes = Math.ceil((size * FLOAT_BYTES) / REGISTER_BYTES) * REGISTER_BYTES;
  const places = Array.from({ length: 5 }, (_, k) => FIRST_BYTES + k * bytes);
  try {
    const memory = new WebAssembly.Memory({ initial: Math.ceil((FIRST_BYTES + 5 * bytes) / PAGE_BYTES) });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code), { env: { memory } });
    const vectors = places.map((place) => new Float32Array(memory.buffer, place, size));
    return adamOn(exports as AdamKernel, vectors, places, bytes);
  } catch {
    return null;
  }
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
