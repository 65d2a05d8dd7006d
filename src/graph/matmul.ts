import { ShapeError } from "../errors.ts";
import type { EmitOptions, Emitter, Operation } from "./operation.ts";
import { sum } from "./reductions.ts";
import { broadcastShapes } from "./shape.ts";
import { reshape } from "./shaping.ts";
import { apply, describe, isFloat, type Tensor } from "./tensor.ts";

/** Which factors are transposed (their last two axes swapped) before they are multiplied. */
export interface MatmulOptions {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

/**
 * The matrix product A B over the last two axes; leading axes are a stack and broadcast. Shapes […, n, k] and
 * […, k, m] give […, n, m]. Throws ShapeError when ranks are below 2, or inner extents, stacks or dtypes do not fit.
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false } = options;
  const fail = (why: string) => {
    const shown = `${describe(a)}${transposeA ? "'" : ""} by ${describe(b)}${transposeB ? "'" : ""}`;
    return new ShapeError(`matmul: ${shown}: ${why}`);
  };
  if (a.dtype !== b.dtype || !isFloat(a.dtype)) throw fail("both must be of the same float type");
  if (a.shape.length < 2 || b.shape.length < 2) throw fail("both must have two axes or more");

  const [n, k] = lastTwo(a, transposeA);
  const [inner, m] = lastTwo(b, transposeB);
  if (k !== inner) throw fail(`inner extents ${k} and ${inner} differ`);

  // A stack of matrices times one matrix is one tall matrix times it.
  if (a.shape.length > 2 && b.shape.length === 2 && !transposeA) {
    return reshape(matmul(reshape(a, [-1, k]), b, { transposeB }), [...a.shape.slice(0, -1), m]);
  }
  const stack = broadcastShapes("matmul", a.shape.slice(0, -2), b.shape.slice(0, -2));
  return apply(matmulOp, [a, b], a.dtype, [...stack, n, m], { transposeA, transposeB });
}

/**
 * A B + c for matrices A (n × k) and B (k × m) and a vector c (m), which is added to every row: one operation of the
 * runtime, which fuses a ReLU that follows. Throws ShapeError when A and B are not both matrices, or extents or dtypes do not fit.
 */
export function affine(a: Tensor, b: Tensor, c: Tensor, options: MatmulOptions = {}): Tensor {
  const product = matmul(a, b, options);
  const [, m] = product.shape;
  if (product.shape.length !== 2 || c.shape.length !== 1 || c.shape[0] !== m || c.dtype !== a.dtype) {
    throw new ShapeError(`affine: ${describe(c)} cannot be added to the rows of ${describe(product)}`);
  }
  const { transposeA = false, transposeB = false } = options;
  return apply(affineOp, [a, b, c], a.dtype, product.shape, { transposeA, transposeB });
}

type MatmulAttributes = { readonly transposeA: boolean; readonly transposeB: boolean };

const matmulOp: Operation<MatmulAttributes> = {
  name: "matmul",
  gradient: factorGradients,
  emit: ({ inputs: [a, b], attributes: { transposeA, transposeB } }, [nameA, nameB], emitter) => {
    const [left, right] = [factor(a, nameA, transposeA, emitter), factor(b, nameB, transposeB, emitter)];
    if (!left.transposed && !right.transposed) return emitter.node("MatMul", [left.name, right.name]);
    if (a.shape.length !== 2 || b.shape.length !== 2) {
      return emitter.node("MatMul", [
        left.transposed ? swapped(a, nameA, emitter) : left.name,
        right.transposed ? swapped(b, nameB, emitter) : right.name,
      ]);
    }
    if (transposeA && !transposeB && isNarrower(b, a)) {
      // Not as Gemm, from which the runtime would take the transposes out again.
      const product = emitter.node("MatMul", [swapped(b, nameB, emitter), nameA]);
      return emitter.node("Transpose", [product], { perm: [1, 0] });
    }
    if (emitter.inHalves && transposeA && !transposeB && isOfManyRows(a, b))
      return sumOfHalves(a, b, [nameA, nameB], emitter);
    return emitter.node("Gemm", [left.name, right.name], gemm(left.transposed, right.transposed));
  },
};

/** Whether `tensor` was made by `matmul` and the runtime computes it by Gemm, to which it can add another matrix. */
export function isGemm(
  { op, inputs: [a, b], attributes: { transposeA, transposeB } }: Tensor,
  { inHalves = false }: EmitOptions,
): boolean {
  const transposes = (x: Tensor, transposed: unknown) => transposed === true && !x.shape.includes(1);
  if (op !== (matmulOp as Operation) || a.shape.length !== 2 || b.shape.length !== 2) return false;
  return (
    (transposes(a, transposeA) || transposes(b, transposeB)) &&
    !(transposeA === true && transposeB !== true && (isNarrower(b, a) || (inHalves && isOfManyRows(a, b))))
  );
}

const MANY_ROWS = 512;

/** Whether A'B is a sum over many rows, of few columns beside them: as the slopes of a layer's weights are. */
function isOfManyRows({ shape: [k, n] }: Tensor, { shape: [, m] }: Tensor): boolean {
  return k >= MANY_ROWS && k % 2 === 0 && Math.min(n, m) > 1 && k >= 2 * Math.max(n, m);
}

/**
 * A'B as A₁'B₁ + A₂'B₂, of the upper and the lower halves of the rows. The runtime gives each of two threads one of these products. As it
 * divides other operations by rows too, a thread finds what it has written itself; where it divided the columns of a single product, each
 * would read half of what the other has written, which is slow between cores that have no cache in common.
 */
function sumOfHalves(a: Tensor, b: Tensor, [nameA, nameB]: readonly string[], emitter: Emitter): string {
  const [[k, n], [, m]] = [a.shape, b.shape];
  const halves = (name: string, columns: number) =>
    emitter.node("Reshape", [name, emitter.integers([2, k / 2, columns])]);
  const transposed = emitter.node("Transpose", [halves(nameA, n)], { perm: [0, 2, 1] });
  const products = emitter.node("MatMul", [transposed, halves(nameB, m)]);
  const ones = emitter.initializer(
    a.dtype,
    [1, 2],
    a.dtype === "float32" ? Float32Array.of(1, 1) : Float64Array.of(1, 1),
  );
  const sum = emitter.node("MatMul", [ones, emitter.node("Reshape", [products, emitter.integers([2, n * m])])]);
  return emitter.node("Reshape", [sum, emitter.integers([n, m])]);
}

/** A'B with few columns is faster as (B'A)': the runtime computes columns by sixteen and more at a time. */
function isNarrower(b: Tensor, a: Tensor): boolean {
  return b.shape[1] < 16 && b.shape[1] < a.shape[1];
}

/** A factor as the runtime gets it: with an axis of extent 1 it is transposed by another shape of the same numbers. */
function factor(x: Tensor, name: string, transposed: boolean, emitter: Emitter): { name: string; transposed: boolean } {
  const [rows, columns] = x.shape.slice(-2);
  if (!transposed || (rows !== 1 && columns !== 1)) return { name, transposed };
  const shape = emitter.integers([...x.shape.slice(0, -2), columns, rows]);
  return { name: emitter.node("Reshape", [name, shape], { allowzero: 1 }), transposed: false };
}

function gemm(transposeA: boolean, transposeB: boolean) {
  return { transA: transposeA ? 1 : 0, transB: transposeB ? 1 : 0 };
}

const affineOp: Operation<MatmulAttributes> = {
  name: "affine",
  gradient: (node, g) => [...factorGradients(node, g), sum(g, { axes: [0] })],
  emit: ({ attributes: { transposeA, transposeB } }, names, emitter) =>
    emitter.node("Gemm", names, gemm(transposeA, transposeB)),
};

/** The gradients with respect to the two factors of a product. */
function factorGradients(
  { inputs: [a, b], attributes: { transposeA, transposeB } }: Tensor<MatmulAttributes>,
  g: Tensor,
): [Tensor, Tensor] {
  return [
    transposeA ? matmul(b, g, { transposeA: transposeB, transposeB: true }) : matmul(g, b, { transposeB: !transposeB }),
    transposeB ? matmul(g, a, { transposeA: true, transposeB: transposeA }) : matmul(a, g, { transposeA: !transposeA }),
  ];
}

function lastTwo({ shape }: Tensor, swap: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2);
  return swap ? [columns, rows] : [rows, columns];
}

function swapped({ shape }: Tensor, name: string, emitter: Emitter): string {
  const axes = [...shape.keys()];
  return emitter.node("Transpose", [name], { perm: [...axes.slice(0, -2), ...axes.slice(-2).reverse()] });
}
