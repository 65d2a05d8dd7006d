import { EigenvalueDecomposition } from "ml-matrix";
import { ShapeError } from "../errors.ts";
import { column, type Matrix, takeColumns } from "./matrix.ts";
import { fromMlMatrix, toMlMatrix } from "./ml-matrix.ts";

/** A = Q diag(values) Q': eigenvalues from the largest down, eigenvectors in the columns of `vectors`. */
export interface SymmetricEigen {
  readonly values: Float64Array;
  readonly vectors: Matrix;
}

/**
 * Eigenvalues and orthonormal eigenvectors of a symmetric matrix (Householder tridiagonalisation and QL, as in ml-matrix).
 *
 * @param a A, n × n; its symmetry is taken for granted.
 * @returns Eigenvalues in descending order; column j of `vectors` belongs to value j; each eigenvector's largest entry
 *   is positive.
 * @throws ShapeError when A is not square.
 */
export function symmetricEigen(a: Matrix): SymmetricEigen {
  if (a.rows !== a.cols) throw new ShapeError(`symmetricEigen: a square matrix is needed, got ${a.rows} × ${a.cols}`);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(toMlMatrix(a), { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((i, j) => realEigenvalues[j] - realEigenvalues[i]);
  const vectors = takeColumns(fromMlMatrix(eigenvectorMatrix), order);
  for (let j = 0; j < a.rows; j++) {
    const largest = column(vectors, j).reduce((best, x) => (Math.abs(x) > Math.abs(best) ? x : best), 0);
    if (largest < 0) for (let i = 0; i < a.rows; i++) vectors.data[i * a.rows + j] *= -1;
  }
  return { values: Float64Array.from(order, (i) => realEigenvalues[i]), vectors };
}
