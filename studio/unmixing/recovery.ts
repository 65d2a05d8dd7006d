import { dot, type Matrix, matrix, multiply, rowView, takeColumns, takeRows } from "../../src/linalg/matrix.ts";
import type { SolverStep } from "../../src/mtlcm/mtlcm.ts";
import { assign } from "../../src/stats/assignment.ts";
import { covarianceOf } from "../../src/stats/covariance.ts";

/** One iterate of stage 2 as it is drawn: how the latents of that moment correlate with those of reference. */
export interface Frame {
  readonly iteration: number;
  readonly value: number;
  /** |corr(z_i, reference z_j)|, d × d row-major, rows and columns in an order in which the descent ends on the diagonal. */
  readonly recovery: Float32Array;
  /** Mean of the best matching. */
  readonly mcc: number;
}

/** A descent of stage 2 from one starting point to where it ended. */
export interface Descent {
  readonly start: number;
  /** The latents of reference across, in the order of the frames' columns. */
  readonly truth: readonly number[];
  readonly frames: readonly Frame[];
}

/**
 * How every unmixing B of a solver relates to latents of reference, the true ones or those it ends with, from moments alone: |corr(B h, z)| costs O(d³) an iterate, however
 * many rows there are.
 *
 * @param representation h, rows × d.  @param truth z, rows × d′, the same rows.
 */
export function recoveryOf(representation: Matrix, truth: Matrix): (unmixing: Matrix) => Matrix {
  const both = matrix(representation.rows, representation.cols + truth.cols);
  for (let i = 0; i < both.rows; i++) {
    both.data.set(rowView(representation, i), i * both.cols);
    both.data.set(rowView(truth, i), i * both.cols + representation.cols);
  }
  const { covariance } = covarianceOf(both);
  const [h, z] = [range(0, representation.cols), range(representation.cols, both.cols)];
  const own = takeColumns(takeRows(covariance, h), h);
  const shared = takeColumns(takeRows(covariance, h), z);
  const sd = z.map((j) => Math.sqrt(covariance.data[j * both.cols + j] as number));
  return (unmixing) => {
    const correlation = multiply(unmixing, shared);
    const half = multiply(unmixing, own);
    for (let i = 0; i < correlation.rows; i++) {
      const scale = Math.sqrt(dot(rowView(half, i), rowView(unmixing, i)));
      for (let j = 0; j < correlation.cols; j++) {
        const at = i * correlation.cols + j;
        correlation.data[at] = Math.min(1, Math.abs((correlation.data[at] as number) / (scale * (sd[j] as number))));
      }
    }
    return correlation;
  };
}

/** The iterates of one descent, in an order in which the last one is as diagonal as it can be. */
export function descentOf(steps: readonly SolverStep[], recovery: (unmixing: Matrix) => Matrix): Descent {
  const matrices = steps.map(({ unmixing }) => recovery(unmixing));
  const { left, right } = assign(matrices.at(-1) as Matrix);
  const ranked = [...right.keys()].sort((a, b) => (right[a] as number) - (right[b] as number));
  const rows = ranked.map((k) => left[k] as number);
  const truth = ranked.map((k) => right[k] as number);
  const frames = matrices.map((full, k): Frame => {
    const { iteration, value } = steps[k] as SolverStep;
    const ordered = takeColumns(takeRows(full, rows), truth);
    return { iteration, value, recovery: Float32Array.from(ordered.data), mcc: assign(full).score };
  });
  return { start: steps[0]?.start ?? 0, truth, frames };
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
