import { Matrix as MlMatrix } from "ml-matrix";
import { type Matrix, matrix } from "./matrix.ts";

/** `a` as a matrix of the ml-matrix package (copied). */
export function toMlMatrix(a: Matrix): MlMatrix {
  return MlMatrix.from1DArray(a.rows, a.cols, a.data);
}

/** A matrix of the ml-matrix package as one of ours (copied). */
export function fromMlMatrix(a: MlMatrix): Matrix {
  return matrix(a.rows, a.columns, Float64Array.from(a.to1DArray()));
}
