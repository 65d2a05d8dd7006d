import type { RuntimeOptions } from "../../src/runtime/session.ts";
import type { ComputeDevice } from "./devices.ts";

/** What a fit will be computed on, decided. */
export interface Compute extends Required<RuntimeOptions> {
  /** The same in words, with what was wanted and could not be had. */
  readonly text: string;
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

/** Multiplications of an update below which threads wait for each other longer than they compute. */
const WORTH_THREADS = 6e7;

/** What to compute on: the device that was asked for where it is there, and as many threads as the work is worth. */
export function choose(wanted: ComputeDevice, work: number, { cores, isIsolated, noWebGpu }: Machine): Compute {
  if (wanted === "webgpu" && noWebGpu === undefined) {
    // "auto" goes back to the processor, and says so, where the card does not take the program.
    return { device: "auto", threads: 1, text: "WebGPU" };
  }
  const instead = wanted === "webgpu" ? ` instead of WebGPU: ${noWebGpu}` : "";
  const worth = work >= WORTH_THREADS ? Math.min(MOST_THREADS, cores) : 1;
  const threads = isIsolated ? worth : 1;
  const on = `WebAssembly on ${threads === 1 ? "one thread" : `${threads} threads`}`;
  const because =
    threads < worth
      ? `, not ${worth}: the page is not cross-origin isolated`
      : worth === 1 && cores > 1
        ? ", the quickest for a network of this size"
        : "";
  return { device: "cpu", threads, text: `${on}${because}${instead && `;${instead}`}` };
}

/** Decides what a network is computed on, and loads what that needs. */
export async function prepareCompute(wanted: ComputeDevice, work: number): Promise<Compute> {
  const compute = choose(wanted, work, {
    cores: navigator.hardwareConcurrency,
    isIsolated: globalThis.crossOriginIsolated,
    noWebGpu: wanted === "webgpu" ? await whyNoWebGpu() : undefined,
  });
  const { takeBuild } = await import("./onnxruntime.ts");
  await takeBuild(compute.device === "auto" ? "webgpu" : compute.threads > 1 ? "threads" : "one thread");
  return compute;
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
