import { ConfigError } from "../errors.ts";
import { type Model, onnxFile, writeModel } from "./onnx.ts";
import { type NamedTensor, OnnxGraph } from "./onnx-graph.ts";
import type { EmitOptions } from "./operation.ts";
import { input, isInput, type Tensor } from "./tensor.ts";

/** How a model is run several times in one run of the runtime. */
export interface Repetition {
  /** The most repetitions that one run makes. */
  readonly most: number;
  /** Inputs that differ in every repetition: they are given together, with a leading axis of extent `most`. */
  readonly sliced: readonly string[];
  /** Input name → name of the output that its next value is, in the next repetition and after the last one. */
  readonly carry: Readonly<Record<string, string>>;
}

/** The scalar int64 input that says how many repetitions a run makes. */
export const REPETITIONS = "%repetitions";

/** The inputs of a repeated model: those of one repetition, of which the sliced ones have gained their leading axis. */
export function repeatedInputs(inputs: readonly Tensor[], { most, sliced }: Repetition): Tensor[] {
  const all = inputs.filter(isInput).map((tensor) => {
    const { name } = tensor.attributes;
    return sliced.includes(name) ? input(name, tensor.dtype, [most, ...tensor.shape]) : tensor;
  });
  return [...all, input(REPETITIONS, "int64", [])];
}

/**
 * The model repeated, as the bytes of an ONNX file: an ONNX Loop whose body is the model, so that a training step costs no
 * call into the runtime. Every repetition does exactly what a run of the model alone would: the results are the same bytes.
 * Carried outputs come out as the last repetition left them; the others are stacked, one of each repetition.
 * Throws ConfigError for a sliced name that is no input or is carried, an output carried to two inputs, and where `serialise` does.
 */
export function serialiseRepeated(model: Model, repetition: Repetition, options: EmitOptions = {}): Uint8Array {
  const { sliced, carry } = repetition;
  const inputs = new Map(model.inputs.filter(isInput).map((tensor) => [tensor.attributes.name, tensor]));
  for (const name of sliced) {
    if (!inputs.has(name)) throw new ConfigError(`repeat: there is no input '${name}' to slice`);
    if (name in carry) throw new ConfigError(`repeat: the input '${name}' is carried, so it cannot be sliced`);
  }
  const carried = Object.keys(carry);
  const twice = Object.values(carry).find((output, i, all) => all.indexOf(output) !== i);
  if (twice !== undefined) throw new ConfigError(`repeat: the output '${twice}' is carried to two inputs`);
  const returned = Object.keys(model.outputs).filter((name) => !Object.values(carry).includes(name));

  const body = new OnnxGraph(options);
  body.output(CONTINUE, { dtype: "bool", shape: [] }, MAY_CONTINUE);
  const slices = new Map(sliced.map((name) => [name, body.node("Gather", [name, ITERATION], { axis: 0 })]));
  const local = (name: string) =>
    slices.get(name) ?? (name in carry || name in model.outputs ? `${LOCAL}${name}` : name);
  const inOrder = [...Object.values(carry), ...returned].map((name) => [name, model.outputs[name]]);
  writeModel({ inputs: model.inputs, outputs: Object.fromEntries(inOrder) }, body, local);
  const state = carried.map((name): NamedTensor => ({ ...typeOf(inputs.get(name) as Tensor), name: local(name) }));

  const graph = new OnnxGraph();
  graph.nodeWithBody(
    "Loop",
    [REPETITIONS, "", ...carried],
    body.encodeWith([
      { name: ITERATION, dtype: "int64", shape: [] },
      { name: MAY_CONTINUE, dtype: "bool", shape: [] },
      ...state,
    ]),
    [
      ...carried.map((name) => ({ ...typeOf(inputs.get(name) as Tensor), name: carry[name] })),
      ...returned.map((name) => ({ ...stacked(model.outputs[name]), name })),
    ],
  );
  return onnxFile(graph.encode(repeatedInputs(model.inputs, repetition)));
}

/** Names inside of the body must be others than those around it. */
const LOCAL = "%local:";
const ITERATION = "%iteration";
const MAY_CONTINUE = "%continue";
const CONTINUE = "%continue:next";

const typeOf = ({ dtype, shape }: Tensor) => ({ dtype, shape });

/** One value of each repetition: how many there will be is not known before. */
const stacked = ({ dtype, shape }: Tensor) => ({ dtype, shape: ["repetition", ...shape] });
