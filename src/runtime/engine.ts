import type { InferenceSession } from "#onnxruntime";
import { ConfigError } from "../errors.ts";

/** Where a graph runs. */
export type Device = "cpu" | "webgpu";

/** The tensor runtime of this platform: onnxruntime-node on Node, onnxruntime-web elsewhere. */
export interface Engine {
  readonly onnxruntime: typeof import("#onnxruntime");
  /** Name and version, "onnxruntime-node 1.30.0". */
  readonly name: string;
  /** What the runtime calls the CPU. */
  readonly cpu: "cpu" | "wasm";
}

/** Loads the runtime when it is first needed: it is large, and much of the package does without it. */
export async function loadEngine(): Promise<Engine> {
  const onnxruntime = await import("#onnxruntime");
  const { node, web, common } = onnxruntime.env.versions;
  if (node !== undefined) return { onnxruntime, name: `onnxruntime-node ${node}`, cpu: "cpu" };
  return { onnxruntime, name: `onnxruntime-web ${web ?? common}`, cpu: "wasm" };
}

/** A model made ready on a device. */
export interface LoadedModel {
  readonly session: InferenceSession;
  readonly device: Device;
  /** What was wanted and could not be had, and what was taken instead: one sentence each. */
  readonly fallbacks: readonly string[];
}

/**
 * Makes an ONNX model ready to run.
 *
 * @param device "auto" takes WebGPU where it works and the CPU otherwise.
 * @param threads threads within one operation; operations run one after the other. WebAssembly starts its threads with
 * the first program and keeps that number; in a page that is not cross-origin isolated it has one.
 * Throws ConfigError when the device is not available or cannot run the model.
 */
export async function loadModel(
  engine: Engine,
  bytes: Uint8Array,
  device: Device | "auto",
  threads: number,
): Promise<LoadedModel> {
  const fallbacks: string[] = [];
  if (engine.cpu === "wasm") {
    if (threads > 1 && !sharesMemory()) {
      fallbacks.push(`1 thread instead of ${threads}: the page is not cross-origin isolated`);
    }
    engine.onnxruntime.env.wasm.numThreads = fallbacks.length > 0 ? 1 : threads;
  }
  const load = async (target: Device): Promise<LoadedModel> => {
    const session = await engine.onnxruntime.InferenceSession.create(bytes, sessionOptions(engine, target, threads));
    return { session, device: target, fallbacks };
  };
  if (device === "cpu") return load("cpu");
  try {
    return await load("webgpu");
  } catch (cause) {
    if (device === "auto") {
      fallbacks.push(`cpu instead of webgpu, which is not available in ${engine.name} here`);
      return load("cpu");
    }
    throw new ConfigError(`device 'webgpu' is not available in ${engine.name} here; 'cpu' is`, { cause });
  }
}

/** Whether threads can work on the same memory, which browsers allow only to pages that are cross-origin isolated. */
function sharesMemory(): boolean {
  return "crossOriginIsolated" in globalThis && globalThis.crossOriginIsolated === true;
}

/**
 * Microseconds for which a thread looks out for the next operation before it sleeps: long enough to bridge what one thread does
 * alone between two of them. The runtime's own choice is ten times as long, and costs more where other processes want the core.
 */
const LOOK_OUT = 100;

function sessionOptions(engine: Engine, device: Device, threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: [device === "cpu" ? engine.cpu : device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    executionMode: "sequential",
    graphOptimizationLevel: "all",
    logSeverityLevel: 4,
    // onnxruntime-web has threads of its own, which know no such setting.
    ...(engine.cpu === "cpu" && { extra: { session: { intra_op: { spin_duration_us: String(LOOK_OUT) } } } }),
  };
}
