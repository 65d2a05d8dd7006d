import type { Shape } from "./shape.ts";
import type { DType, Tensor, TypedArray } from "./tensor.ts";

/** What a node holds beside its inputs: axes, a permutation, the values of a constant. */
export type Attributes = Readonly<Record<string, AttributeValue>>;
export type AttributeValue = number | string | boolean | readonly number[] | TypedArray;

/**
 * What an operation is: its gradient, the identities it obeys and how ONNX says it. Every node points to its
 * definition, so there is no registry. The rules of one family use the operations of others; the modules import each
 * other freely because they do so only when a rule runs, never while a module loads.
 */
export interface Operation<A extends Attributes = Attributes> {
  readonly name: string;

  /**
   * The gradients with respect to each input, from the gradient with respect to the node; undefined for an input
   * through which none flows. One in the shape that an input was broadcast to is summed down by `gradient`.
   * Without a rule nothing flows.
   */
  gradient?(node: Tensor<A>, upstream: Tensor): readonly (Tensor | undefined)[];

  /** A simpler tensor with exactly the value of `node`, or undefined when there is none. See simplify.ts. */
  simplify?(node: Tensor<A>): Tensor | undefined;

  /** Adds ONNX nodes that compute `node` from the values named `inputs`; returns the name of the result. */
  emit(node: Tensor<A>, inputs: readonly string[], emitter: Emitter): string;
}

/** Attribute of an ONNX node: integers, text, a float marked as such, or an element type. */
export type OnnxAttribute =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly dtype: DType };

/** What the one who will run a model does best. */
export interface EmitOptions {
  /** Whether sums over many rows are added up in two halves, for threads that divide operations by rows; default false. */
  readonly inHalves?: boolean;
}

/** Where operations write the ONNX nodes that compute them. */
export interface Emitter extends EmitOptions {
  /** Adds a node of the standard ONNX operator `type`; returns the name of its (single) output. */
  node(type: string, inputs: readonly string[], attributes?: Readonly<Record<string, OnnxAttribute>>): string;
  /** Adds stored values; returns their name. */
  initializer(dtype: DType, shape: Shape, values: TypedArray): string;
  /** Adds a stored int64 vector: a shape, or axes. */
  integers(values: readonly number[]): string;
  /** Adds a stored scalar. */
  scalar(dtype: DType, value: number): string;
}

/** The emission of an operation that ONNX has under the name `type`, with the same inputs and no attributes. */
export function onnxNode(type: string): Operation["emit"] {
  return (_, inputs, emitter) => emitter.node(type, inputs);
}
