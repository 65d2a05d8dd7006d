import { ShapeError } from "../errors.ts";

/** The static extent of a tensor along each axis; `[]` is a scalar. */
export type Shape = readonly number[];

/** Number of elements of a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** Whether two shapes are the same. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/**
 * The shape that `a` and `b` broadcast to by numpy's rule: aligned at the last axis, an extent of 1 stretches.
 * Throws ShapeError, naming `operation`, when two extents differ and neither is 1.
 */
export function broadcastShapes(operation: string, a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const m = a[axis - rank + a.length] ?? 1;
    const n = b[axis - rank + b.length] ?? 1;
    if (m !== n && m !== 1 && n !== 1) {
      throw new ShapeError(`${operation}: [${a}] and [${b}] do not broadcast`);
    }
    return m === 1 ? n : m;
  });
}

/**
 * `axis` counted from the front, for a tensor of this rank; −1 means the last.
 * Throws ShapeError, naming `operation`, when there is no such axis.
 */
export function normaliseAxis(operation: string, axis: number, rank: number): number {
  const fromFront = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(axis) || fromFront < 0 || fromFront >= rank) {
    throw new ShapeError(`${operation}: no axis ${axis} in a tensor of rank ${rank}`);
  }
  return fromFront;
}
