import type { Matrix } from "../linalg/matrix.ts";
import type { PairSeparation } from "./pair-separation.ts";

/** Σ n ρ² over two halves is χ² with 2 degrees of freedom without a signal: above this once in 300,000 targets. */
const SEEN = 25;

/**
 * Latents that no target shows: none correlates with them on rows that did not choose them.
 *
 *     max_t Σ_halves ν_t ρ_tj² < 25 ,   ρ_tj = corr(z_j, y_t), z_j from the other half
 *
 * In wide data R_t = I − u_t u_t', so the criterion is flat in the subspace of such latents: any axes do. A bootstrap that
 * starts from the fit's own axes finds nothing that would move it from there, and takes them for stable.
 *
 * @param roles The two halves: squared correlations ρ_tj², T × d, and degrees of freedom ν_t, T.
 * @returns The latents, ascending.
 */
export function unseenLatents(
  roles: readonly { readonly explained: Matrix; readonly degrees: Float64Array }[],
): readonly number[] {
  const [first] = roles;
  const d = first.explained.cols;
  return Array.from({ length: d }, (_, j) => j).filter((j) => {
    for (let t = 0; t < first.explained.rows; t++) {
      const seen = roles.reduce((sum, { explained, degrees }) => sum + degrees[t] * explained.data[t * d + j], 0);
      if (seen >= SEEN) return false;
    }
    return true;
  });
}

/** The pairs, those of two unseen latents not separated whatever their score. */
export function withoutUnseen(pairs: readonly PairSeparation[], unseen: readonly number[]): PairSeparation[] {
  return pairs.map((pair) =>
    unseen.includes(pair.i) && unseen.includes(pair.j) ? { ...pair, separated: false } : pair,
  );
}
