import type { Matrix } from "./matrix.ts";
import { PRODUCT_CODE } from "./product-code.ts";
import { FIRST_FREE, loadVectorCode } from "./vector-code.ts";

/** C += A B by vector instructions on copies of the operands in memory of their own. */
interface ProductKernel {
  addProduct(a: number, b: number, c: number, m: number, k: number, n: number, symmetric: number): void;
  readonly memory: Float64Array;
}

const DOUBLE_BYTES = 8;
/** Doubles that B may take at a time, and rows of A and C together: 8 MB each. */
const ROOM = 1 << 20;
const FIRST = FIRST_FREE / DOUBLE_BYTES;

let kernel: ProductKernel | null | undefined;

/** The kernel, made at its first use; null where there can be none. */
function productKernel(): ProductKernel | null {
  if (kernel === undefined) {
    const program = loadVectorCode(PRODUCT_CODE, (FIRST + 2 * ROOM) * DOUBLE_BYTES);
    kernel = program && {
      ...(program.functions as Pick<ProductKernel, "addProduct">),
      memory: new Float64Array(program.memory),
    };
  }
  return kernel;
}

/**
 * Adds A B to C with vector instructions where the engine has them.
 *
 * Every element is added up in the order of the inner index, as plain loops do, so that both give the same bits. Operands larger than the
 * kernel's memory go through it in parts.
 *
 * @param symmetric Whether only the lower half of C is wanted; what is above it is then undefined.
 * @returns false, with C unchanged, where the engine has none, or A and B are too wide.
 */
export function addProductByVectors(c: Matrix, a: Matrix, b: Matrix, symmetric: boolean): boolean {
  const [m, k, n] = [a.rows, a.cols, b.cols];
  const depth = Math.min(k, Math.floor(ROOM / n));
  const height = symmetric ? m : Math.min(m, Math.floor(ROOM / (depth + n)));
  if (depth < 1 || height < 1 || (symmetric && m * (depth + n) > ROOM)) return false;
  const at = productKernel();
  if (at === null) return false;
  const { memory } = at;
  const [toB, toA] = [FIRST, FIRST + ROOM];
  const toC = toA + height * depth;
  if (height === m && depth === k) {
    memory.set(c.data, toC);
    memory.set(b.data, toB);
    memory.set(a.data, toA);
    at.addProduct(toA * DOUBLE_BYTES, toB * DOUBLE_BYTES, toC * DOUBLE_BYTES, m, k, n, symmetric ? 1 : 0);
    c.data.set(memory.subarray(toC, toC + m * n));
    return true;
  }
  for (let i = 0; i < m; i += height) {
    const rows = Math.min(height, m - i);
    memory.set(c.data.subarray(i * n, (i + rows) * n), toC);
    for (let p = 0; p < k; p += depth) {
      const inner = Math.min(depth, k - p);
      if (i === 0 || depth < k) memory.set(b.data.subarray(p * n, (p + inner) * n), toB);
      if (inner === k) memory.set(a.data.subarray(i * k, (i + rows) * k), toA);
      else {
        for (let row = 0; row < rows; row++) {
          const from = (i + row) * k + p;
          memory.set(a.data.subarray(from, from + inner), toA + row * inner);
        }
      }
      const [bytesA, bytesB, bytesC] = [toA * DOUBLE_BYTES, toB * DOUBLE_BYTES, toC * DOUBLE_BYTES];
      at.addProduct(bytesA, bytesB, bytesC, rows, inner, n, symmetric ? 1 : 0);
    }
    c.data.set(memory.subarray(toC, toC + rows * n), i * n);
  }
  return true;
}
