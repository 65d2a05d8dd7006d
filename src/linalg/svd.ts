import { SingularValueDecomposition } from "ml-matrix";
import type { Matrix } from "./matrix.ts";
import { fromMlMatrix, toMlMatrix } from "./ml-matrix.ts";

/** A = U diag(values) V' with k = min(rows, cols) singular values from the largest down. */
export interface Svd {
  /** rows × k, orthonormal columns. */
  readonly left: Matrix;
  readonly values: Float64Array;
  /** cols × k, orthonormal columns. */
  readonly right: Matrix;
}

/** The thin singular value decomposition of any real matrix (Golub–Reinsch, as in ml-matrix); signs are arbitrary. */
export function svd(a: Matrix): Svd {
  const { leftSingularVectors, diagonal, rightSingularVectors } = new SingularValueDecomposition(toMlMatrix(a), {
    autoTranspose: true,
  });
  return {
    left: fromMlMatrix(leftSingularVectors),
    values: Float64Array.from(diagonal),
    right: fromMlMatrix(rightSingularVectors),
  };
}
