import onnxProto, { type onnx } from "onnx-proto";
import type { EmitOptions, Emitter, OnnxAttribute } from "./operation.ts";
import type { Shape } from "./shape.ts";
import { type DType, describe, isInput, type Tensor, type TypedArray } from "./tensor.ts";

const { AttributeProto, TensorProto } = onnxProto.onnx;

/** ONNX's numbers for the element types. */
const onnxType: Readonly<Record<DType, onnx.TensorProto.DataType>> = {
  float32: TensorProto.DataType.FLOAT,
  int64: TensorProto.DataType.INT64,
  bool: TensorProto.DataType.BOOL,
  float64: TensorProto.DataType.DOUBLE,
};

/** An input or output of a graph; an extent that is known only when it runs has a name. */
export interface NamedTensor extends TensorType {
  readonly name: string;
}

interface TensorType {
  readonly dtype: DType;
  readonly shape: readonly (number | string)[];
}

/** An ONNX graph under construction. Values that operations add are named "%0", "%1", …; no given name starts with %. */
export class OnnxGraph implements Emitter {
  readonly #nodes: onnx.INodeProto[] = [];
  readonly #initializers: onnx.ITensorProto[] = [];
  readonly #integers = new Map<string, string>();
  readonly #scalars = new Map<string, string>();
  readonly #outputs: onnx.IValueInfoProto[] = [];
  readonly #renamed = new Map<string, string>();
  readonly inHalves: boolean;
  #values = 0;
  #description = "";

  constructor({ inHalves = false }: EmitOptions = {}) {
    this.inHalves = inHalves;
  }

  /** Says which tensor the nodes added next compute: their names show it, and so do the runtime's error messages. */
  describeNext(tensor: Tensor): void {
    this.#description = `${tensor.op.name}(${tensor.inputs.map(describe).join(", ")}) = ${describe(tensor)}`;
  }

  node(type: string, inputs: readonly string[], attributes: Readonly<Record<string, OnnxAttribute>> = {}): string {
    const name = this.#newValue();
    this.#nodes.push({
      opType: type,
      name: `${this.#description} ${name}`,
      input: [...inputs],
      output: [name],
      attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
    });
    return name;
  }

  /** Adds a node with a graph inside it, and outputs of given names that are declared outputs of this graph. */
  nodeWithBody(type: string, inputs: readonly string[], body: onnx.IGraphProto, outputs: readonly NamedTensor[]): void {
    this.#nodes.push({
      opType: type,
      name: type,
      input: [...inputs],
      output: outputs.map(({ name }) => name),
      attribute: [{ name: "body", type: AttributeProto.AttributeType.GRAPH, g: body }],
    });
    this.#outputs.push(...outputs.map(({ name, ...type }) => valueInfo(name, type)));
  }

  initializer(dtype: DType, shape: Shape, values: TypedArray): string {
    const name = this.#newValue();
    this.#initializers.push({
      name,
      dims: [...shape],
      dataType: onnxType[dtype],
      rawData: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    });
    return name;
  }

  integers(values: readonly number[]): string {
    return memoise(this.#integers, values.join(), () =>
      this.initializer("int64", [values.length], BigInt64Array.from(values, BigInt)),
    );
  }

  scalar(dtype: DType, value: number): string {
    const values = dtype === "float32" ? Float32Array.of(value) : Float64Array.of(value);
    return memoise(this.#scalars, `${dtype} ${value}`, () => this.initializer(dtype, [], values));
  }

  /** Declares the value of `tensor` an output called `name`. */
  output(name: string, tensor: TensorType, value: string): void {
    const computedHere = this.#nodes.some((node) => node.output?.[0] === value);
    if (computedHere && !this.#renamed.has(value)) {
      this.#renamed.set(value, name);
    } else {
      this.#nodes.push({ opType: "Identity", name: `output ${name}`, input: [value], output: [name] });
    }
    this.#outputs.push(valueInfo(name, tensor));
  }

  /** The finished graph. */
  encode(inputs: readonly Tensor[]): onnx.IGraphProto {
    return this.encodeWith(
      inputs.filter(isInput).map(({ attributes, dtype, shape }) => ({ ...attributes, dtype, shape })),
    );
  }

  /** The same, for inputs that are not tensors of ours. */
  encodeWith(inputs: readonly NamedTensor[]): onnx.IGraphProto {
    const rename = (names: string[] | null | undefined) => names?.map((name) => this.#renamed.get(name) ?? name) ?? [];
    return {
      name: "graph",
      node: this.#nodes.map((node) => ({ ...node, input: rename(node.input), output: rename(node.output) })),
      initializer: this.#initializers,
      input: inputs.map(({ name, ...type }) => valueInfo(name, type)),
      output: this.#outputs,
    };
  }

  #newValue(): string {
    return `%${this.#values++}`;
  }
}

function attributeProto(name: string, value: OnnxAttribute): onnx.IAttributeProto {
  const { AttributeType } = AttributeProto;
  if (typeof value === "number") return { name, type: AttributeType.INT, i: value };
  if (typeof value === "string")
    return { name, type: AttributeType.STRING, s: Uint8Array.from(value, (c) => c.charCodeAt(0)) };
  if ("dtype" in value) return { name, type: AttributeType.INT, i: onnxType[value.dtype] };
  if ("float" in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

function valueInfo(name: string, { dtype, shape }: TensorType): onnx.IValueInfoProto {
  const dim = shape.map((extent) => (typeof extent === "string" ? { dimParam: extent } : { dimValue: extent }));
  return { name, type: { tensorType: { elemType: onnxType[dtype], shape: { dim } } } };
}

function memoise(cache: Map<string, string>, key: string, create: () => string): string {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const created = create();
  cache.set(key, created);
  return created;
}
