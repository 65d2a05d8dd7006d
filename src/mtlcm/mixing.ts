import type { Matrix } from "../linalg/matrix.ts";
import type { PairSeparation } from "./pair-separation.ts";

/** A latent of which another one holds a share that it should not. */
export interface MixingPartner {
  /** Which latent. */
  readonly latent: number;
  /** Expected size of its share, as a standard deviation in units of the latent's own; null where there is no telling. */
  readonly leakage: number | null;
  /** Evidence that the two can be told apart. */
  readonly z: number;
}

/** Shares below this are not worth naming: alone they lower a correlation of 1 to .995. */
const NOTABLE_LEAKAGE = 0.1;

/**
 * Pairs with less evidence than this are only just told apart: their curvature is known to a third or a sixth of itself, and
 * those that got over the threshold were the lucky ones, so that the leakage is underestimated.
 */
export const NARROW_SEPARATION = 6;

/**
 * With whom each latent mixes: those it cannot be told apart from first, then the others by size; also those it is only
 * just told apart from, whatever their size.
 *
 * @param leakage Expected size of what latent j leaks into latent i, d × d.
 * @param pairs Pairs of latents that cannot be told apart have `separated` false.
 */
export function mixingPartners(leakage: Matrix, pairs: readonly PairSeparation[]): MixingPartner[][] {
  const d = leakage.rows;
  const partners: MixingPartner[][] = Array.from({ length: d }, () => []);
  for (const { i, j, z, separated } of pairs) {
    for (const [into, from] of [
      [i, j],
      [j, i],
    ]) {
      const expected = leakage.data[into * d + from];
      const share = Number.isFinite(expected) ? expected : null;
      if (!separated) partners[into].push({ latent: from, leakage: null, z });
      else if (expected >= NOTABLE_LEAKAGE || z < NARROW_SEPARATION)
        partners[into].push({ latent: from, leakage: share, z });
    }
  }
  const size = ({ leakage: share }: MixingPartner) => share ?? Number.POSITIVE_INFINITY;
  for (const own of partners) own.sort((a, b) => size(b) - size(a) || a.latent - b.latent);
  return partners;
}
