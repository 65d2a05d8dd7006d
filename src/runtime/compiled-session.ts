import type { InferenceSession, Tensor as OnnxTensor } from "#onnxruntime";
import { ConfigError, DomainError } from "../errors.ts";
import { REPETITIONS, repeatedInputs } from "../graph/onnx-repeat.ts";
import { describe, isInput, type Tensor, type TypedArray } from "../graph/tensor.ts";
import type { CarriedPair } from "./carry.ts";
import type { Device, Engine, LoadedModel } from "./engine.ts";
import type { Program, Session } from "./session.ts";
import { fitted, toOnnx, type Values } from "./values.ts";

/** The one implementation of Session, over ONNX Runtime. */
export class CompiledSession implements Session {
  readonly device: Device;
  readonly engine: string;
  readonly fallbacks: readonly string[];
  readonly #model: InferenceSession;
  readonly #onnxTensor: Engine["onnxruntime"]["Tensor"];
  readonly #inputs: ReadonlyMap<string, Tensor>;
  /** The outputs that are not carried. */
  readonly #returned: readonly string[];
  readonly #carried: readonly CarriedPair[];
  readonly #most: number | undefined;
  readonly #held = new Map<string, OnnxTensor>();
  /** Carried outputs go by turns to two buffers: to one of these while the other is read. */
  readonly #spare = new Map<string, OnnxTensor>();
  readonly #writesToBuffers: boolean;
  #lastRun: Promise<unknown> = Promise.resolve();
  #runsUnderWay = 0;
  #released = false;

  constructor(
    program: Program,
    carried: readonly CarriedPair[],
    engine: Engine,
    { session, device, fallbacks }: LoadedModel,
  ) {
    this.device = device;
    this.engine = engine.name;
    this.fallbacks = fallbacks;
    this.#model = session;
    this.#onnxTensor = engine.onnxruntime.Tensor;
    const { inputs, repeat, carry = {} } = program;
    this.#most = repeat?.most;
    const declared = repeat ? repeatedInputs(inputs, { ...repeat, carry }) : inputs;
    this.#inputs = new Map(declared.filter(isInput).map((tensor) => [tensor.attributes.name, tensor]));
    // onnxruntime-web leaves what it writes to a given buffer in its own memory.
    this.#writesToBuffers = engine.cpu === "cpu" && device === "cpu";
    const isCarried = new Set(carried.map(({ output }) => output));
    this.#returned = Object.keys(program.outputs).filter((name) => !isCarried.has(name));
    this.#carried = carried;
  }

  set(name: string, values: Values): void {
    this.#hold("set", name, values, (given) => (given === values ? given.slice() : given));
  }

  share(name: string, values: Values): void {
    if (this.#carried.some(({ input }) => input === name)) {
      throw new ConfigError(`share: the input '${name}' is carried, so its array would change; set it instead`);
    }
    this.#hold("share", name, values, (given) => given);
  }

  #hold(call: string, name: string, values: Values, owned: (given: TypedArray) => TypedArray): void {
    this.#checkUsable(call);
    if (this.#runsUnderWay > 0) throw new ConfigError(`${call} '${name}': a run is under way; await it first`);
    const tensor = this.#inputNamed(name);
    this.#held.set(name, toOnnx(this.#onnxTensor, tensor, owned(fitted(name, tensor, values))));
  }

  get(name: string): TypedArray {
    this.#checkUsable("get");
    this.#inputNamed(name);
    const present = this.#held.get(name);
    if (present === undefined) throw new ConfigError(`get: the input '${name}' holds no value; set it first`);
    return (present.data as TypedArray).slice();
  }

  async run(feeds: Readonly<Record<string, Values>> = {}, repetitions = 1): Promise<Record<string, TypedArray>> {
    this.#checkUsable("run");
    const most = this.#most ?? 1;
    if (!(Number.isInteger(repetitions) && repetitions >= 1 && repetitions <= most)) {
      throw new ConfigError(`run: repetitions must be from 1 to ${most}, got ${repetitions}`);
    }
    this.#runsUnderWay++;
    const run = this.#lastRun.then(() => this.#runNow(feeds, repetitions));
    this.#lastRun = run.catch(() => undefined);
    try {
      return await run;
    } finally {
      this.#runsUnderWay--;
    }
  }

  async release(): Promise<void> {
    this.#checkUsable("release");
    this.#released = true;
    await this.#lastRun;
    await this.#model.release();
    this.#held.clear();
    this.#spare.clear();
  }

  async #runNow(feeds: Readonly<Record<string, Values>>, repetitions: number): Promise<Record<string, TypedArray>> {
    const given = this.#allInputs(
      this.#most === undefined ? feeds : { ...feeds, [REPETITIONS]: Int32Array.of(repetitions) },
    );
    const results = await this.#model.run(given, this.#fetches()).catch((cause: unknown) => {
      throw new DomainError(`run: ${reasonOf(cause)}`, { cause });
    });

    for (const { input, output } of this.#carried) {
      if (this.#writesToBuffers) this.#spare.set(output, this.#held.get(input) as OnnxTensor);
      this.#held.set(input, results[output] as OnnxTensor);
    }
    return Object.fromEntries(this.#returned.map((name) => [name, results[name].data as TypedArray]));
  }

  /** Where the outputs go: the carried ones to the buffers that were read two runs ago, so that no run leaves garbage. */
  #fetches(): Record<string, OnnxTensor | null> {
    return {
      ...Object.fromEntries(this.#returned.map((name) => [name, null])),
      ...Object.fromEntries(this.#carried.map(({ output }) => [output, this.#spare.get(output) ?? null])),
    };
  }

  #allInputs(feeds: Readonly<Record<string, Values>>): Record<string, OnnxTensor> {
    const all = Object.fromEntries(this.#held);
    for (const [name, values] of Object.entries(feeds)) {
      const tensor = this.#inputNamed(name);
      if (this.#carried.some(({ input }) => input === name)) {
        throw new ConfigError(`run: the input '${name}' is carried; set it instead of feeding it`);
      }
      all[name] = toOnnx(this.#onnxTensor, tensor, fitted(name, tensor, values));
    }
    for (const [name, tensor] of this.#inputs) {
      if (all[name] === undefined) {
        throw new ConfigError(`run: the input '${name}' ${describe(tensor)} is neither fed nor set`);
      }
    }
    return all;
  }

  #inputNamed(name: string): Tensor {
    const tensor = this.#inputs.get(name);
    if (tensor === undefined) {
      throw new ConfigError(`there is no input '${name}'; the inputs are ${quoted(this.#names())}`);
    }
    return tensor;
  }

  #names(): string[] {
    return [...this.#inputs.keys()].filter((name) => name !== REPETITIONS);
  }

  #checkUsable(call: string): void {
    if (this.#released) throw new ConfigError(`${call}: this session has been released`);
  }
}

/** Which operation failed and why, without the runtime's own wrapping: nodes are named after the tensor they compute. */
function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const [, node, reason] = /Name:'(.*?)' Status Message: (.*)/s.exec(message) ?? [];
  return node === undefined ? message : `${node}: ${reason}`;
}

function quoted(names: readonly string[]): string {
  return names.length === 0 ? "none" : names.map((name) => `'${name}'`).join(", ");
}
