import { ShapeError } from "../errors.ts";
import { type Matrix, matrix } from "./matrix.ts";

/** A linear map of vectors taken from their mean, x → map · (x − mean). */
export interface CentredMap {
  /** k numbers. */
  readonly mean: Float64Array;
  /** d × k. */
  readonly map: Matrix;
}

/** The map of every row of x: n × k in, n × d out. Throws ShapeError when x has not k columns. */
export function applyCentredMap({ mean, map }: CentredMap, x: Matrix): Matrix {
  const { rows: d, cols: k } = map;
  if (x.cols !== k) throw new ShapeError(`applyCentredMap: a map of ${k} numbers for rows of ${x.cols}`);
  const result = matrix(x.rows, d);
  const centred = new Float64Array(k);
  for (let i = 0; i < x.rows; i++) {
    for (let c = 0; c < k; c++) centred[c] = x.data[i * k + c] - mean[c];
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let c = 0; c < k; c++) sum += map.data[j * k + c] * centred[c];
      result.data[i * d + j] = sum;
    }
  }
  return result;
}
