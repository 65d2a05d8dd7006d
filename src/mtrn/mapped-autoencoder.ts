import type { CentredMap } from "../linalg/centred-map.ts";
import { inverse } from "../linalg/lu.ts";
import { type Matrix, matrix, multiply } from "../linalg/matrix.ts";
import type { FloatArray, Weights } from "../nn/parameters.ts";

/**
 * The weights of an encoder and a decoder (`mlp`, named "encoder" and "decoder") between which latents are M (z − μ) in place of z: the encoder's last
 * layer puts the map on, the decoder's first takes it off.
 *
 * @param last The number of the encoder's last layer.
 */
export function mappedAutoencoder(weights: Weights, last: number, { map, mean }: CentredMap): Weights {
  const d = map.rows;
  const [out, read] = [`encoder.${last}`, "decoder.0"];
  const given = (name: string, rows: number) => asMatrix(weights[name], rows);
  const level = given(`${out}.bias`, d);
  const columns = given(`${read}.bias`, weights[`${read}.bias`].length);
  const decoder = given(`${read}.weight`, columns.rows);
  const taken = multiply(decoder, matrix(d, 1, mean));
  const mapped: Record<string, Matrix> = {
    [`${out}.weight`]: multiply(map, given(`${out}.weight`, d)),
    [`${out}.bias`]: multiply(
      map,
      matrix(
        d,
        1,
        level.data.map((b, i) => b - mean[i]),
      ),
    ),
    [`${read}.weight`]: multiply(decoder, inverse(map)),
    [`${read}.bias`]: matrix(
      columns.rows,
      1,
      columns.data.map((b, i) => b + taken.data[i]),
    ),
  };
  const found = Object.entries(mapped).map(([name, { data }]) => [name, Float32Array.from(data)]);
  return { ...weights, ...Object.fromEntries(found) };
}

function asMatrix(values: FloatArray, rows: number): Matrix {
  return matrix(rows, values.length / rows, Float64Array.from(values));
}
