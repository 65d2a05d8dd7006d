import { DomainError } from "../errors.ts";
import { upperGamma } from "./upper-gamma.ts";

/**
 * The p-value of no correlation between x and y, given z where there is one, by Fisher's transform: √(n − k − 3) artanh r is standard
 * normal, k = 1 with z and 0 without (Anderson 2003, section 4.3). A test of (conditional) independence for Gaussian variables.
 * @throws DomainError for a constant variable, or too few rows: at least 5
 */
export function partialCorrelationTest(x: Float64Array, y: Float64Array, z: Float64Array | null): number {
  const given = z === null ? 0 : 1;
  if (x.length < 5) throw new DomainError(`a test of correlation needs 5 rows, got ${x.length}`);
  const r = partialCorrelation(x, y, z);
  const statistic = Math.abs(Math.atanh(r)) * Math.sqrt(x.length - given - 3);
  return upperGamma(0.5, statistic ** 2 / 2);
}

/** corr(x, y), or corr(x, y | z) = (r_xy − r_xz r_yz) / √((1 − r_xz²)(1 − r_yz²)). */
function partialCorrelation(x: Float64Array, y: Float64Array, z: Float64Array | null): number {
  const r = correlation(x, y);
  if (z === null) return r;
  const [xz, yz] = [correlation(x, z), correlation(y, z)];
  return (r - xz * yz) / Math.sqrt((1 - xz * xz) * (1 - yz * yz));
}

function correlation(x: Float64Array, y: Float64Array): number {
  const [a, b] = [centred(x), centred(y)];
  let [aa, bb, ab] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    aa += a[i] * a[i];
    bb += b[i] * b[i];
    ab += a[i] * b[i];
  }
  if (!(aa > 0 && bb > 0)) throw new DomainError("a constant variable has no correlation");
  return ab / Math.sqrt(aa * bb);
}

function centred(x: Float64Array): Float64Array {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  return x.map((v) => v - mean);
}
