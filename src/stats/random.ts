import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { DomainError } from "../errors.ts";

/** A seeded stream of random numbers. The same seed and the same chain of splits give the same stream, everywhere. */
export interface Random {
  /** The seed and the names of the splits: what `randomAt` makes the same stream from, elsewhere. */
  readonly path: string;
  /** A stream of its own, named `name`: draws from it move nothing in this one, nor in any other split. */
  split(name: string | number): Random;
  /** Uniform on [low, high), by default [0, 1). */
  uniform(low?: number, high?: number): number;
  /** Standard normal (polar method of Marsaglia). */
  normal(): number;
  /** A uniform integer in 0 … n − 1. */
  integer(n: number): number;
  /** A uniformly random order of 0 … n − 1 (Fisher–Yates). */
  permutation(n: number): Int32Array;
}

/** A random stream from an integer seed. Throws DomainError for a seed that is not a safe integer. */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) throw new DomainError(`createRandom: the seed must be an integer, got ${seed}`);
  return randomAt(String(seed));
}

/** The stream with this path, from its beginning. */
export function randomAt(path: string): Random {
  const generator = xoroshiro128plus(hash(path));
  let spare = Number.NaN;

  const uniform = (low = 0, high = 1) => low + (high - low) * uniformFloat64(generator);
  const integer = (n: number) => uniformInt(generator, 0, n - 1);

  return {
    path,
    split: (name) => randomAt(`${path}/${name}`),
    uniform,
    integer,
    normal() {
      if (!Number.isNaN(spare)) {
        const value = spare;
        spare = Number.NaN;
        return value;
      }
      for (;;) {
        const u = uniform(-1, 1);
        const v = uniform(-1, 1);
        const radius = u * u + v * v;
        if (radius > 0 && radius < 1) {
          const factor = Math.sqrt((-2 * Math.log(radius)) / radius);
          spare = v * factor;
          return u * factor;
        }
      }
    },
    permutation(n) {
      // A plain loop: `Int32Array.from` takes four times as long as all the rest.
      const order = new Int32Array(n);
      for (let i = 0; i < n; i++) order[i] = i;
      for (let i = n - 1; i > 0; i--) {
        const j = integer(i + 1);
        [order[i], order[j]] = [order[j], order[i]];
      }
      return order;
    },
  };
}

/** FNV-1a over the UTF-16 units, then the finaliser of MurmurHash3 so that near names give far seeds. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
