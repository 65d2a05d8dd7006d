import onnxProto, { type onnx } from "onnx-proto";
import { ConfigError } from "../errors.ts";
import { OnnxGraph } from "./onnx-graph.ts";
import type { EmitOptions } from "./operation.ts";
import { dependencyOrder } from "./order.ts";
import { simplify } from "./simplify.ts";
import { isInput, type Tensor } from "./tensor.ts";

/** What a model computes: named outputs from declared inputs. */
export interface Model {
  /** Tensors made by `input`; the model takes them in this order, used or not. */
  readonly inputs: readonly Tensor[];
  readonly outputs: Readonly<Record<string, Tensor>>;
}

/** The version of the ONNX operator set that `serialise` writes. */
export const opset = 18;
const irVersion = 8;

/**
 * The model as the bytes of an ONNX file, simplified first (simplify.ts).
 * Throws ConfigError when an input that the outputs need is not declared, two names are the same, or a declared
 * input was not made by `input`.
 */
export function serialise(model: Model, options: EmitOptions = {}): Uint8Array {
  const graph = new OnnxGraph(options);
  writeModel(model, graph);
  return onnxFile(graph.encode(model.inputs));
}

/**
 * Adds what a model computes to a graph.
 * @param nameOf - what its inputs and outputs are called there
 */
export function writeModel({ inputs, outputs }: Model, graph: OnnxGraph, nameOf = (name: string) => name): void {
  const names = Object.keys(outputs);
  const results = simplify(Object.values(outputs));
  const order = dependencyOrder(results);
  checkNames(inputs, names, order);

  const values = new Map<Tensor, string>();
  for (const tensor of order) {
    graph.describeNext(tensor);
    const from = tensor.inputs.map((input) => values.get(input) as string);
    values.set(tensor, isInput(tensor) ? nameOf(tensor.attributes.name) : tensor.op.emit(tensor, from, graph));
  }
  results.forEach((tensor, i) => {
    graph.output(nameOf(names[i]), tensor, values.get(tensor) as string);
  });
}

/** The bytes of an ONNX file that holds this graph. */
export function onnxFile(graph: onnx.IGraphProto): Uint8Array {
  return onnxProto.onnx.ModelProto.encode({
    irVersion,
    producerName: "taskprism",
    opsetImport: [{ domain: "", version: opset }],
    graph,
  }).finish();
}

function checkNames(inputs: readonly Tensor[], outputs: readonly string[], order: readonly Tensor[]): void {
  const declared = new Map<string, Tensor>();
  for (const tensor of inputs) {
    if (!isInput(tensor)) throw new ConfigError(`serialise: a declared input was made by ${tensor.op.name}, not input`);
    const { name } = tensor.attributes;
    if (declared.has(name)) throw new ConfigError(`serialise: two inputs are named '${name}'`);
    declared.set(name, tensor);
  }
  for (const name of [...declared.keys(), ...outputs]) {
    if (name.startsWith("%"))
      throw new ConfigError(`serialise: the name '${name}' starts with %, kept for values between`);
  }
  for (const name of outputs) {
    if (declared.has(name)) throw new ConfigError(`serialise: '${name}' names both an input and an output`);
  }
  for (const tensor of order) {
    if (!isInput(tensor)) continue;
    const { name } = tensor.attributes;
    const known = declared.get(name);
    if (known === undefined) throw new ConfigError(`serialise: the outputs need the input '${name}', not declared`);
    if (known !== tensor) throw new ConfigError(`serialise: two different tensors are inputs named '${name}'`);
  }
}
