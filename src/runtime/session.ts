import { ConfigError } from "../errors.ts";
import { type Model, serialise } from "../graph/onnx.ts";
import { serialiseRepeated } from "../graph/onnx-repeat.ts";
import type { TypedArray } from "../graph/tensor.ts";
import { carriedPairs } from "./carry.ts";
import { CompiledSession } from "./compiled-session.ts";
import { type Device, loadEngine, loadModel } from "./engine.ts";
import type { Values } from "./values.ts";

/** A model with memory: after each run, carried outputs become the inputs of the next. */
export interface Program extends Model {
  /** Input name → name of the output that it takes its next value from. */
  readonly carry?: Readonly<Record<string, string>>;
  /**
   * Lets one run repeat the program: up to `most` times, each with its own slice of the inputs `sliced`, which are fed with
   * a leading axis of extent `most`. Outputs that are not carried come stacked, one of each repetition.
   */
  readonly repeat?: { readonly most: number; readonly sliced: readonly string[] };
}

/** Where and how a program runs. */
export interface RuntimeOptions {
  /** Default "cpu"; "auto" takes WebGPU where it works. */
  readonly device?: Device | "auto";
  /** Threads within one operation, default 1. In a browser the first program's number holds for all. */
  readonly threads?: number;
}

/** A compiled program and the values it holds. Runs of one session follow each other in the order they were asked for. */
export interface Session {
  /** Where the program runs. */
  readonly device: Device;
  /** What runs it, "onnxruntime-node 1.30.0". */
  readonly engine: string;
  /** What was wanted and could not be had (WebGPU, threads), and what was taken instead: one sentence each. */
  readonly fallbacks: readonly string[];

  /**
   * Holds a copy of `values` as the input `name` until it is set again: constant data, or the start of carried state.
   * int64 inputs take a BigInt64Array or an Int32Array.
   * Throws ConfigError for an unknown name, while a run is under way, or after release; ShapeError when type or length
   * do not fit.
   */
  set(name: string, values: Values): void;

  /** As `set`, but holds the array itself, which must never change: data too large to have twice. */
  share(name: string, values: Values): void;

  /** A copy of the present value of a held or carried input. Throws ConfigError when there is none, or after release. */
  get(name: string): TypedArray;

  /**
   * Runs the program once, or, if it can repeat, that many times.
   *
   * @param feeds values of the inputs that are not held, for this run only; the arrays must not change until it ends.
   * @param repetitions of a program with `repeat`, at most its `most`; default 1.
   * @returns the outputs that are not carried, in row-major order.
   * Rejects with ConfigError for a missing or unknown input, another number of repetitions or after release, ShapeError
   * when a type or length does not fit, DomainError when an operation fails, an index out of range for one.
   */
  run(feeds?: Readonly<Record<string, Values>>, repetitions?: number): Promise<Record<string, TypedArray>>;

  /** Waits for the runs asked for and frees the program. Afterwards every call throws ConfigError. */
  release(): Promise<void>;
}

/**
 * Makes a program ready to run.
 * Throws ConfigError when names do not fit (see `serialise`), when a carried pair is not an input and an output of the
 * same type and shape, when `threads` is not a positive integer, or when the device is not available.
 */
export async function compile(program: Program, options: RuntimeOptions = {}): Promise<Session> {
  const { device = "cpu", threads = 1 } = options;
  if (!Number.isInteger(threads) || threads < 1) throw new ConfigError(`threads must be 1 or more, got ${threads}`);
  const carried = carriedPairs(program);
  const { repeat, carry = {} } = program;
  const engine = await loadEngine();
  // WebAssembly and WebGPU transpose the halves in operations of their own.
  const best = { inHalves: engine.cpu === "cpu" && device === "cpu" };
  const bytes = repeat ? serialiseRepeated(program, { ...repeat, carry }, best) : serialise(program, best);
  return new CompiledSession(program, carried, engine, await loadModel(engine, bytes, device, threads));
}
