import type { Matrix } from "../../linalg/matrix.ts";
import { dot, identity, matrix, rowView } from "../../linalg/matrix.ts";
import type { Random } from "../../stats/random.ts";

/** How latents are mixed: not at all, by a rotation or reflection, or by independent standard normal entries. */
export type LinearMixing = "identity" | "orthogonal" | "random";

/**
 * A mixing matrix A, d × d, as in h = A z (the three cases of the linear experiments, Chen et al. 2024).
 *
 * "orthogonal" is uniform over the orthogonal group (Haar), "random" has N(0, 1) entries.
 */
export function sampleMixingMatrix(mixing: LinearMixing, d: number, random: Random): Matrix {
  switch (mixing) {
    case "identity":
      return identity(d);
    case "orthogonal":
      return orthonormalRows(gaussian(d, random));
    case "random":
      return gaussian(d, random);
  }
}

function gaussian(d: number, random: Random): Matrix {
  return matrix(d, d, Float64Array.from({ length: d * d }, random.normal));
}

/** Gram–Schmidt, each row twice: once leaves an error of the order of the condition number, twice of rounding. */
function orthonormalRows(a: Matrix): Matrix {
  const q = matrix(a.rows, a.cols, a.data.slice());
  for (let i = 0; i < q.rows; i++) {
    const row = rowView(q, i);
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < i; k++) {
        const earlier = rowView(q, k);
        const share = dot(row, earlier);
        for (let j = 0; j < row.length; j++) row[j] -= share * earlier[j];
      }
    }
    const length = Math.sqrt(dot(row, row));
    for (let j = 0; j < row.length; j++) row[j] /= length;
  }
  return q;
}
