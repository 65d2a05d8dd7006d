import { cholesky, choleskyInverse } from "../linalg/cholesky.ts";
import { type Matrix, matrix, multiply } from "../linalg/matrix.ts";
import { upperGamma } from "./upper-gamma.ts";

/** ε of the kernel ridge regression on what is given, as in Zhang et al. 2011. */
const RIDGE = 1e-3;

/**
 * The p-value of independence of x and y, given z where there is one: the kernel test KCI (Zhang, Peters, Janzing and Schölkopf 2011).
 * The statistic is tr(K_x K_y) of centred Gaussian kernels, each regressed on z by kernel ridge regression where z is given (x enters
 * together with z/2); its law under the null is a Gamma with the mean and variance of that paper's approximation. Variables are
 * standardised, and a kernel's width is the median distance. O(n³).
 */
export function kernelIndependenceTest(x: Float64Array, y: Float64Array, z: Float64Array | null): number {
  const [first, second] = [standardised(x), standardised(y)];
  if (z === null) {
    const [kx, ky] = [centredKernel([first]), centredKernel([second])];
    const n = x.length;
    const mean = (trace(kx) * trace(ky)) / n;
    const variance = (2 * inner(kx, kx) * inner(ky, ky)) / (n * n);
    return gammaTail(inner(kx, ky), mean, variance);
  }
  const given = standardised(z);
  const residual = residualMaker(centredKernel([given]));
  const kx = residualKernel(residual, centredKernel([first, given.map((v) => v / 2)]));
  const ky = residualKernel(residual, centredKernel([second]));
  const product = matrix(
    kx.rows,
    kx.cols,
    kx.data.map((v, at) => v * ky.data[at]),
  );
  return gammaTail(inner(kx, ky), trace(product), 2 * inner(product, product));
}

function gammaTail(statistic: number, mean: number, variance: number): number {
  const shape = (mean * mean) / variance;
  return upperGamma(shape, (statistic * mean) / variance);
}

/** H K H, K_ij = exp(−‖x_i − x_j‖² / (2 m²)), m the median distance of different rows. */
function centredKernel(columns: readonly Float64Array[]): Matrix {
  const n = columns[0].length;
  const squares = matrix(n, n);
  const distances: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const square = columns.reduce((sum, column) => sum + (column[i] - column[j]) ** 2, 0);
      squares.data[i * n + j] = squares.data[j * n + i] = square;
      distances.push(square);
    }
  }
  const middle = Float64Array.from(distances).sort()[Math.floor(distances.length / 2)];
  const k = squares.data.map((square) => Math.exp(-square / (2 * middle)));
  const means = Float64Array.from(
    { length: n },
    (_, i) => k.subarray(i * n, (i + 1) * n).reduce((a, b) => a + b, 0) / n,
  );
  const mean = means.reduce((a, b) => a + b, 0) / n;
  return matrix(
    n,
    n,
    k.map((v, at) => v - means[Math.floor(at / n)] - means[at % n] + mean),
  );
}

/** ε (K + ε I)⁻¹: what kernel ridge regression leaves. */
function residualMaker(k: Matrix): Matrix {
  const shifted = matrix(k.rows, k.cols, k.data.slice());
  for (let i = 0; i < k.rows; i++) shifted.data[i * k.cols + i] += RIDGE;
  const inverse = choleskyInverse(cholesky(shifted));
  return matrix(
    k.rows,
    k.cols,
    inverse.data.map((v) => RIDGE * v),
  );
}

const residualKernel = (r: Matrix, k: Matrix) => multiply(multiply(r, k), r);

/** tr(A B) of symmetric matrices. */
function inner(a: Matrix, b: Matrix): number {
  return a.data.reduce((sum, v, at) => sum + v * b.data[at], 0);
}

function trace(a: Matrix): number {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) sum += a.data[i * a.cols + i];
  return sum;
}

function standardised(x: Float64Array): Float64Array {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  const scale = Math.sqrt(x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length);
  return x.map((v) => (v - mean) / scale);
}
