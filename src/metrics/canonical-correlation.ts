import { DomainError, ShapeError } from "../errors.ts";
import { column, dot, type Matrix, matrix, multiply, takeRows } from "../linalg/matrix.ts";
import { svd } from "../linalg/svd.ts";
import { type CorrelationKind, unitColumns } from "../stats/correlation.ts";
import { strongMcc } from "./mcc.ts";
import { checkDisjoint, type RowHalves } from "./row-halves.ts";
import { type AffineMap, applyMap, columnProducts, type Whitening, whiten } from "./whitening.ts";

/** Canonical correlations of two sets of latents: how well they agree up to any invertible linear map. */
export interface CanonicalCorrelation {
  /** min(d₁, d₂) numbers, descending in sample. Directions that a rank-deficient set does not have correlate 0. */
  readonly correlations: Float64Array;
  /** Mean of `correlations`: the weak MCC. */
  readonly mean: number;
  /** The least of `correlations`: near 0 when a direction of one set was lost in the other. */
  readonly smallest: number;
  /** Number of linearly independent, non-constant columns on either side. */
  readonly rank: { readonly left: number; readonly right: number };
  /** x → canonical variates of unit variance (divisor n − 1), best correlated first; min(rank) outputs. */
  readonly left: AffineMap;
  /** The same for the right set. In each output the left weight of largest size is positive. */
  readonly right: AffineMap;
}

/**
 * Canonical correlation analysis (Hotelling 1936) by whitening and a singular value decomposition (Björck & Golub 1973):
 *
 *     left = Q₁ R₁,  right = Q₂ R₂ (centred);   Q₁'Q₂ = U C V';   correlations C, weights R₁⁻¹U √(n−1) and R₂⁻¹V √(n−1)
 *
 * Unlike the iterative algorithm of scikit-learn, exact, and independent of the order of columns.
 *
 * @param left rows × d₁.  @param right rows × d₂, the same rows.
 * @throws ShapeError when the rows differ; DomainError when an entry is NaN or infinite, when a set has no columns, or when
 *   there are so few rows (n − 1 < rank₁ + rank₂) that some correlation is 1 whatever the data.
 */
export function canonicalCorrelation(left: Matrix, right: Matrix): CanonicalCorrelation {
  if (left.rows !== right.rows) throw new ShapeError(`canonicalCorrelation: ${left.rows} rows against ${right.rows}`);
  if (left.cols === 0 || right.cols === 0) throw new DomainError("canonicalCorrelation: nothing to correlate");
  const [a, b] = [whiten(left), whiten(right)];
  const rank = { left: a.white.length, right: b.white.length };
  if (left.rows - 1 < rank.left + rank.right) {
    throw new DomainError(
      `canonicalCorrelation: ${left.rows} rows are too few for ranks ${rank.left} and ${rank.right}; ` +
        `${rank.left + rank.right + 1} are needed`,
    );
  }
  const maps = rank.left > 0 && rank.right > 0 ? canonicalMaps(a, b) : emptyMaps(a, b);
  return { ...summary(maps.values, Math.min(left.cols, right.cols)), rank, left: maps.left, right: maps.right };
}

/**
 * Canonical correlations out of sample: the maps are fitted on one half of the rows, and the correlations of their
 * variates (Pearson) are taken on the other. In sample they are too high, the more so the fewer rows there are a column.
 *
 * @returns `correlations` in the order of the fitted half: neither sorted nor necessarily positive.
 * @throws as `canonicalCorrelation`, and DomainError when the halves overlap or are empty.
 */
export function canonicalCorrelationOutOfSample(left: Matrix, right: Matrix, halves: RowHalves): CanonicalCorrelation {
  checkDisjoint(halves);
  const fitted = canonicalCorrelation(takeRows(left, halves.fit), takeRows(right, halves.fit));
  const a = unitColumns(applyMap(fitted.left, takeRows(left, halves.score)));
  const b = unitColumns(applyMap(fitted.right, takeRows(right, halves.score)));
  const values = Float64Array.from(a, ({ values: x }, k) => dot(x, b[k].values));
  return { ...fitted, ...summary(values, Math.min(left.cols, right.cols)) };
}

/**
 * The weak MCC: agreement of two sets of latents up to any invertible linear map (Chen et al. 2024; method: section 6).
 *
 * "pearson" is the mean canonical correlation. "spearman" is the convention of the code released with the paper: the
 * strong Spearman MCC of the canonical variates; ranks of the variates are not invariant, so it can differ a little
 * between sets that are linear maps of each other.
 *
 * @throws as `canonicalCorrelation`.
 */
export function weakMcc(left: Matrix, right: Matrix, kind: CorrelationKind): number {
  const canonical = canonicalCorrelation(left, right);
  if (kind === "pearson") return canonical.mean;
  const found = canonical.left.weights.cols;
  if (found === 0) return 0;
  const { score } = strongMcc(applyMap(canonical.left, left), applyMap(canonical.right, right), "spearman");
  return (score * found) / Math.min(left.cols, right.cols);
}

function canonicalMaps(a: Whitening, b: Whitening) {
  const { left: u, values, right: v } = svd(columnProducts(a.white, b.white));
  const unit = Math.sqrt(a.white[0].length - 1);
  const left = multiply(a.map.weights, u);
  const signs = Float64Array.from({ length: u.cols }, (_, k) => Math.sign(largest(column(left, k))));
  const scaled = (weights: Matrix) =>
    matrix(
      weights.rows,
      weights.cols,
      weights.data.map((w, at) => w * unit * signs[at % weights.cols]),
    );
  return {
    values: values.map((value) => Math.min(value, 1)),
    left: { mean: a.map.mean, weights: scaled(left) },
    right: { mean: b.map.mean, weights: scaled(multiply(b.map.weights, v)) },
  };
}

function emptyMaps(a: Whitening, b: Whitening) {
  const empty = ({ map: { mean } }: Whitening) => ({ mean, weights: matrix(mean.length, 0) });
  return { values: new Float64Array(), left: empty(a), right: empty(b) };
}

function largest(x: Float64Array): number {
  return x.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
}

function summary(found: Float64Array, count: number) {
  const correlations = new Float64Array(count);
  correlations.set(found);
  return {
    correlations,
    mean: correlations.reduce((sum, r) => sum + r, 0) / count,
    smallest: Math.min(...correlations),
  };
}
