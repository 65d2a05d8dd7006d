import { DomainError } from "../errors.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { standardisedCoefficients } from "./linear-r2.ts";

/** How far each estimated latent serves one true latent only, and each true one is served by one estimated only. */
export interface Dci {
  /** Weighted by importance over estimated latents: 1 when each serves a single true one, 0 when each serves all alike. */
  readonly disentanglement: number;
  /** Mean over true latents: 1 when each is served by a single estimated one, 0 when all serve it alike. */
  readonly completeness: number;
  /** R, d₁ × d₂: how important each estimated latent is for each true one. */
  readonly importance: Matrix;
}

/**
 * Disentanglement and completeness (Eastwood & Williams 2018). The third of their scores, informativeness, is `linearR2`.
 *
 *     R_ij = |coefficient of latent i in the least-squares regression of truth j|, all columns standardised
 *     D = Σ_i ρ_i (1 − H(R_i· / ΣR_i·)),  entropies to the base d₂,  ρ_i = ΣR_i· / ΣR
 *     C = mean_j (1 − H(R_·j / ΣR_·j)),   entropies to the base d₁
 *
 * The source takes importances from a lasso or a random forest; least squares needs no tuning, and with many more rows
 * than latents the coefficients that a lasso would set to zero are near it. Of linearly dependent latents the later ones
 * have coefficient 0.
 *
 * @param latents rows × d₁.  @param truth rows × d₂, the same rows.
 * @throws ShapeError when the rows differ; DomainError when an entry is NaN or infinite, or there are too few rows.
 */
export function dci(latents: Matrix, truth: Matrix): Dci {
  return dciOfImportance(importanceOf(latents, truth));
}

/**
 * Disentanglement and completeness of an importance matrix from elsewhere.
 *
 * @param importance R, d₁ × d₂, entries ≥ 0. A latent without any importance does not count in D, a true latent that
 *   nothing serves counts 0 in C; a single column has nothing to be entangled with and scores 1.
 * @throws DomainError for a negative or missing entry, or no entries.
 */
export function dciOfImportance(importance: Matrix): Dci {
  const { rows: d1, cols: d2, data } = importance;
  if (data.length === 0) throw new DomainError("dci: no importances");
  const bad = data.find((value) => !(value >= 0));
  if (bad !== undefined) throw new DomainError(`dci: an importance must be at least 0, got ${bad}`);
  const rows = Array.from({ length: d1 }, (_, i) => data.subarray(i * d2, (i + 1) * d2));
  const columns = Array.from({ length: d2 }, (_, j) => Float64Array.from(rows, (row) => row[j]));
  const total = sum(data);
  const disentanglement = total > 0 ? rows.reduce((d, row) => d + (sum(row) / total) * concentration(row), 0) : 0;
  return { disentanglement, completeness: columns.reduce((c, x) => c + concentration(x) / d2, 0), importance };
}

function importanceOf(latents: Matrix, truth: Matrix): Matrix {
  const { rows, cols, data } = standardisedCoefficients(latents, truth);
  return matrix(rows, cols, data.map(Math.abs));
}

/** One less the entropy of the shares of x, to the base of their number: 1 for a single share, 0 for equal ones. */
function concentration(x: Float64Array): number {
  const total = sum(x);
  if (!(total > 0)) return 0;
  if (x.length === 1) return 1;
  const entropy = x.reduce((h, value) => (value > 0 ? h - (value / total) * Math.log(value / total) : h), 0);
  return 1 - entropy / Math.log(x.length);
}

const sum = (x: Float64Array) => x.reduce((total, value) => total + value, 0);
