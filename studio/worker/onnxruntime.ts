import type * as Web from "onnxruntime-web/wasm";

/** What the rooms of the package see as ONNX Runtime: whichever build was taken last. */
export let env: typeof Web.env;
export let InferenceSession: typeof Web.InferenceSession;
export let Tensor: typeof Web.Tensor;

/**
 * Builds of the runtime. One keeps the number of threads that it began with, so one thread and several are two of them; that
 * with WebGPU is larger and, on the processor, slower than either.
 */
export type Build = "one thread" | "threads" | "webgpu";

type Runtime = Pick<typeof Web, "env" | "InferenceSession" | "Tensor">;

const loaded = new Map<Build, Promise<Runtime>>();

/** Makes a build the one that programs are compiled for from now on; those compiled before keep theirs. */
export async function takeBuild(build: Build): Promise<void> {
  let runtime = loaded.get(build);
  if (runtime === undefined) {
    runtime = BUILDS[build]();
    loaded.set(build, runtime);
  }
  ({ env, InferenceSession, Tensor } = await runtime);
}

// Threads run the script that is named here: in a bundle it would be the worker itself.
const BUILDS: Readonly<Record<Build, () => Promise<Runtime>>> = {
  "one thread": async () => withFiles(await import("onnxruntime-web/wasm"), await processor()),
  threads: async () => withFiles(await import("onnxruntime-web/wasm?threads"), await processor()),
  webgpu: async () => withFiles(await import("onnxruntime-web/jspi"), await graphicsCard()),
};

function withFiles(runtime: Runtime, wasmPaths: { mjs: string; wasm: string }): Runtime {
  runtime.env.wasm.wasmPaths = wasmPaths;
  return runtime;
}

async function processor() {
  const [{ default: mjs }, { default: wasm }] = await Promise.all([
    import("onnxruntime-web/ort-wasm-simd-threaded.mjs?url"),
    import("onnxruntime-web/ort-wasm-simd-threaded.wasm?url"),
  ]);
  return { mjs, wasm };
}

async function graphicsCard() {
  const [{ default: mjs }, { default: wasm }] = await Promise.all([
    import("onnxruntime-web/ort-wasm-simd-threaded.jspi.mjs?url"),
    import("onnxruntime-web/ort-wasm-simd-threaded.jspi.wasm?url"),
  ]);
  return { mjs, wasm };
}
