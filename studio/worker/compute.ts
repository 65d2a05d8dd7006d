import type { RuntimeOptions } from "../../src/runtime/session.ts";
import type { ComputeDevice } from "./devices.ts";
import type { Build } from "./onnxruntime.ts";

/** One way to compute a network. */
export interface Way {
  readonly name: string;
  readonly build: Build;
  readonly runtime: Required<RuntimeOptions>;
}

/** The ways that there are, the one to begin with first, and why those that are wanted and missing cannot be had. */
export interface Choice {
  readonly wanted: ComputeDevice;
  readonly ways: readonly [Way, ...Way[]];
  readonly missing: readonly string[];
}

/** What a browser has to offer. */
export interface Machine {
  readonly cores: number;
  /** Whether threads may share memory: the page is cross-origin isolated. */
  readonly isIsolated: boolean;
  /** Why WebGPU cannot be had, if it cannot. */
  readonly noWebGpu: string | undefined;
}

const MOST_THREADS = 4;

const ONE_THREAD: Way = {
  name: "WebAssembly on one thread",
  build: "one thread",
  runtime: { device: "cpu", threads: 1 },
};

/** The ways to compute: the one that was asked for where it is there, else all that are, for a trial to choose among. */
export function choose(wanted: ComputeDevice, { cores, isIsolated, noWebGpu }: Machine): Choice {
  const count = Math.min(MOST_THREADS, cores);
  const noThreads =
    count === 1 ? "this machine has one core" : isIsolated ? undefined : "the page is not cross-origin isolated";
  const threads: Way = {
    name: `WebAssembly on ${count} threads`,
    build: "threads",
    runtime: { device: "cpu", threads: count },
  };
  // In a trial a card that cannot take the program loses; where it was asked for, "auto" goes back to the processor and says so.
  const device = wanted === "webgpu" ? "auto" : "webgpu";
  const card: Way = { name: "WebGPU", build: "webgpu", runtime: { device, threads: 1 } };
  const all = { one: ONE_THREAD, threads, webgpu: card };
  const reasons = { one: undefined, threads: noThreads, webgpu: noWebGpu };
  const names = { one: "thread", threads: "further threads", webgpu: "WebGPU" };
  const why = (name: keyof typeof all) => `no ${names[name]}: ${reasons[name]}`;
  if (wanted !== "auto" && reasons[wanted] === undefined) return { wanted, ways: [all[wanted]], missing: [] };
  const others = (["threads", "webgpu"] as const).filter((name) => reasons[name] === undefined);
  const missing = (["threads", "webgpu"] as const).filter((name) => reasons[name] !== undefined);
  return {
    wanted,
    ways: [ONE_THREAD, ...others.map((name) => all[name])],
    missing: wanted === "auto" ? missing.map(why) : [why(wanted)],
  };
}

/** The ways to compute that this browser has. */
export async function waysHere(wanted: ComputeDevice): Promise<Choice> {
  return choose(wanted, {
    cores: navigator.hardwareConcurrency,
    isIsolated: globalThis.crossOriginIsolated,
    noWebGpu: wanted === "auto" || wanted === "webgpu" ? await whyNoWebGpu() : "it was not asked for",
  });
}

/** Loads what a way to compute needs: one thread, unless another is named. Programs are compiled for it from now on. */
export async function prepareCompute({ build, runtime }: Way = ONE_THREAD): Promise<Required<RuntimeOptions>> {
  const { takeBuild } = await import("./onnxruntime.ts");
  await takeBuild(build);
  return runtime;
}

/** What is read here of the browser's GPU interface. */
interface Gpu {
  requestAdapter(): Promise<{ readonly info: { readonly isFallbackAdapter?: boolean } } | null>;
}

async function whyNoWebGpu(): Promise<string | undefined> {
  if (!("Suspending" in WebAssembly)) return "this browser's WebAssembly cannot wait for a graphics card (JSPI)";
  const { gpu } = navigator as { readonly gpu?: Gpu };
  if (gpu === undefined) return "this browser does not have it";
  const adapter = await gpu.requestAdapter().catch(() => null);
  if (adapter === null) return "this browser offers no graphics card";
  return adapter.info.isFallbackAdapter ? "there is no graphics card, only its imitation in software" : undefined;
}
