import { ShapeError } from "../errors.ts";
import type { Emitter, Operation } from "./operation.ts";
import { normaliseAxis, type Shape, sameShape } from "./shape.ts";
import { transpose } from "./shaping.ts";
import { apply, describe, type Tensor } from "./tensor.ts";

/**
 * The slices of x along `axis` named by `indices`: for axis 0, result[i…] = x[indices[i…]]. The axis is replaced by
 * the axes of `indices`, which must be int64; a negative index counts from the end. An index out of range is an error
 * when the graph runs.
 * Throws ShapeError when `indices` is not int64 or x has no such axis.
 */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  if (indices.dtype !== "int64") throw new ShapeError(`gather: indices ${describe(indices)} are not int64`);
  const at = normaliseAxis("gather", axis, x.shape.length);
  return apply(gatherOp, [x, indices], x.dtype, x.shape.toSpliced(at, 1, ...indices.shape), { axis: at });
}

/**
 * Rows of zeros to which `updates` are added: result[indices[i…]] += updates[i…], for every i…; repeated indices add
 * up. `updates` has the axes of `indices` and then those of a row. The transpose of `gather`.
 * Throws ShapeError when `indices` is not int64 or does not match the leading axes of `updates`.
 */
export function scatterAdd(rowCount: number, indices: Tensor, updates: Tensor): Tensor {
  const leading = updates.shape.slice(0, indices.shape.length);
  if (indices.dtype !== "int64" || !sameShape(leading, indices.shape)) {
    throw new ShapeError(`scatterAdd: indices ${describe(indices)} do not fit updates ${describe(updates)}`);
  }
  const row = updates.shape.slice(indices.shape.length);
  return apply(scatterAddOp, [indices, updates], updates.dtype, [rowCount, ...row], {});
}

/**
 * Elements start … end − 1 of x along `axis`. Throws ShapeError when x has no such axis or the range is not inside it.
 */
export function slice(x: Tensor, axis: number, start: number, end: number): Tensor {
  const at = normaliseAxis("slice", axis, x.shape.length);
  const extent = x.shape[at];
  if (!(Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start <= end && end <= extent)) {
    throw new ShapeError(`slice: ${start} to ${end} is not inside axis ${axis} of ${describe(x)}`);
  }
  return apply(sliceOp, [x], x.dtype, x.shape.with(at, end - start), { axis: at, start, end });
}

/** x with `before` zeros in front of it and `after` behind it, along `axis`: the transpose of `slice`. */
export function pad(x: Tensor, axis: number, before: number, after: number): Tensor {
  const at = normaliseAxis("pad", axis, x.shape.length);
  if (!(before >= 0 && after >= 0)) throw new ShapeError(`pad: ${describe(x)} by ${before} and ${after}`);
  const shape = x.shape.with(at, before + x.shape[at] + after);
  return apply(padOp, [x], x.dtype, shape, { axis: at, before, after });
}

/** The tensors one after the other along `axis`. Throws ShapeError when they differ elsewhere, or there are none. */
export function concat(tensors: readonly Tensor[], axis: number): Tensor {
  const [first] = tensors;
  if (first === undefined) throw new ShapeError("concat: no tensors");
  const at = normaliseAxis("concat", axis, first.shape.length);
  const elsewhere = (shape: Shape) => shape.with(at, 0);
  for (const x of tensors) {
    const fits = x.shape.length === first.shape.length && sameShape(elsewhere(x.shape), elsewhere(first.shape));
    if (!fits || x.dtype !== first.dtype) {
      throw new ShapeError(`concat: ${describe(first)} and ${describe(x)} do not fit along axis ${axis}`);
    }
  }
  const total = tensors.reduce((length, { shape }) => length + shape[at], 0);
  return apply(concatOp, tensors, first.dtype, first.shape.with(at, total), { axis: at });
}

type AxisAttributes = { readonly axis: number };

const gatherOp: Operation<AxisAttributes> = {
  name: "gather",
  gradient: ({ inputs, attributes: { axis } }, g) => {
    const [x, indices] = inputs;
    const rank = indices.shape.length;
    const axes = [...g.shape.keys()];
    const indexFirst = [...axes.slice(axis, axis + rank), ...axes.slice(0, axis), ...axes.slice(axis + rank)];
    const rows = scatterAdd(x.shape[axis], indices, transpose(g, indexFirst));
    const back = [...x.shape.keys()].map((i) => (i < axis ? i + 1 : i === axis ? 0 : i));
    return [transpose(rows, back), undefined];
  },
  emit: ({ attributes }, inputs, emitter) => emitter.node("Gather", inputs, { axis: attributes.axis }),
};

const scatterAddOp: Operation = {
  name: "scatterAdd",
  gradient: ({ inputs: [indices] }, g) => [undefined, gather(g, indices)],
  emit: ({ dtype, shape, inputs: [indices] }, [rows, updates], emitter) => {
    const zeros = emitter.node("Expand", [emitter.scalar(dtype, 0), emitter.integers(shape)]);
    const tuples = emitter.integers([...indices.shape, 1]);
    const targets = emitter.node("Reshape", [rows, tuples], { allowzero: 1 });
    return emitter.node("ScatterND", [zeros, targets, updates], { reduction: "add" });
  },
};

type SliceAttributes = { readonly axis: number; readonly start: number; readonly end: number };

const sliceOp: Operation<SliceAttributes> = {
  name: "slice",
  gradient: ({ inputs: [x], attributes: { axis, start, end } }, g) => [pad(g, axis, start, x.shape[axis] - end)],
  simplify: ({ shape, inputs: [x] }) => (sameShape(x.shape, shape) ? x : undefined),
  emit: ({ attributes: { axis, start, end } }, [x], emitter) =>
    emitter.node("Slice", [x, emitter.integers([start]), emitter.integers([end]), emitter.integers([axis])]),
};

type PadAttributes = { readonly axis: number; readonly before: number; readonly after: number };

const padOp: Operation<PadAttributes> = {
  name: "pad",
  gradient: ({ shape, attributes: { axis, before, after } }, g) => [slice(g, axis, before, shape[axis] - after)],
  simplify: ({ shape, inputs: [x] }) => (sameShape(x.shape, shape) ? x : undefined),
  emit: ({ shape, attributes }, [x], emitter) => emitter.node("Pad", [x, pads(shape, attributes, emitter)]),
};

function pads(shape: Shape, { axis, before, after }: PadAttributes, emitter: Emitter): string {
  const none = shape.map(() => 0);
  return emitter.integers([...none.with(axis, before), ...none.with(axis, after)]);
}

const concatOp: Operation<AxisAttributes> = {
  name: "concat",
  gradient: ({ inputs, attributes: { axis } }, g) => {
    let start = 0;
    return inputs.map(({ shape }) => {
      const end = start + shape[axis];
      const part = slice(g, axis, start, end);
      start = end;
      return part;
    });
  },
  simplify: ({ inputs }) => (inputs.length === 1 ? inputs[0] : undefined),
  emit: ({ attributes }, inputs, emitter) => emitter.node("Concat", inputs, { axis: attributes.axis }),
};
