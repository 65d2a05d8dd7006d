import type { Matrix } from "../linalg/matrix.ts";

/** A latent of which another one holds a share that it should not. */
export interface MixingPartner {
  /** Which latent. */
  readonly latent: number;
  /** Expected size of its share, as a standard deviation in units of the latent's own; null where the two cannot be told apart. */
  readonly leakage: number | null;
}

/** Shares below this are not worth naming: alone they lower a correlation of 1 to .995. */
const NOTABLE_LEAKAGE = 0.1;

/**
 * With whom each latent mixes: those it cannot be told apart from first, then the others by size.
 *
 * @param leakage Expected size of what latent j leaks into latent i, d × d.
 * @param pairs Pairs of latents that cannot be told apart have `separated` false.
 */
export function mixingPartners(
  leakage: Matrix,
  pairs: readonly { readonly i: number; readonly j: number; readonly separated: boolean }[],
): MixingPartner[][] {
  const d = leakage.rows;
  const partners: MixingPartner[][] = Array.from({ length: d }, () => []);
  for (const { i, j, separated } of pairs) {
    for (const [into, from] of [
      [i, j],
      [j, i],
    ]) {
      const share = leakage.data[into * d + from];
      if (!separated) partners[into].push({ latent: from, leakage: null });
      else if (share >= NOTABLE_LEAKAGE) partners[into].push({ latent: from, leakage: share });
    }
  }
  const size = ({ leakage: share }: MixingPartner) => share ?? Number.POSITIVE_INFINITY;
  for (const own of partners) own.sort((a, b) => size(b) - size(a) || a.latent - b.latent);
  return partners;
}
