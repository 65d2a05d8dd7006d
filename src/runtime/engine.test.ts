import { afterEach, describe, expect, it } from "vitest";
import { ConfigError } from "../errors.ts";
import { type Engine, loadModel } from "./engine.ts";

/** A runtime on which these execution providers work, and what it was asked for. */
function engineWith(providers: readonly string[], cpu: Engine["cpu"] = "cpu") {
  const asked: { provider: string; threads: number }[] = [];
  const wasm = { numThreads: 0 };
  const create = async (_: Uint8Array, { executionProviders: [provider], intraOpNumThreads: threads }: Options) => {
    asked.push({ provider, threads });
    if (!providers.includes(provider)) throw new Error(`no ${provider}\nwith a long explanation`);
    return { provider };
  };
  const onnxruntime = { InferenceSession: { create }, env: { wasm } };
  return { engine: { onnxruntime, name: "a runtime 1.0", cpu } as unknown as Engine, asked, wasm };
}

interface Options {
  readonly executionProviders: readonly string[];
  readonly intraOpNumThreads: number;
}

const model = new Uint8Array();

describe("loadModel", () => {
  afterEach(() => {
    Reflect.deleteProperty(globalThis, "crossOriginIsolated");
  });

  it("takes the CPU when asked for it, and looks for nothing else", async () => {
    const { engine, asked } = engineWith(["cpu", "webgpu"]);
    expect(await loadModel(engine, model, "cpu", 3)).toMatchObject({ device: "cpu", fallbacks: [] });
    expect(asked).toEqual([{ provider: "cpu", threads: 3 }]);
  });

  it.each(["webgpu", "auto"] as const)("takes WebGPU for '%s' where it works", async (device) => {
    const { engine, asked } = engineWith(["cpu", "webgpu"]);
    expect(await loadModel(engine, model, device, 1)).toMatchObject({ device: "webgpu", fallbacks: [] });
    expect(asked.map(({ provider }) => provider)).toEqual(["webgpu"]);
  });

  it("says in one line that WebGPU does not work", async () => {
    const refused = loadModel(engineWith(["cpu"]).engine, model, "webgpu", 1);
    await expect(refused).rejects.toThrow(
      new ConfigError("device 'webgpu' is not available in a runtime 1.0 here; 'cpu' is"),
    );
  });

  it("falls back for 'auto', and says to what", async () => {
    const { engine, asked } = engineWith(["cpu"]);
    expect(await loadModel(engine, model, "auto", 1)).toMatchObject({
      device: "cpu",
      fallbacks: ["cpu instead of webgpu, which is not available in a runtime 1.0 here"],
    });
    expect(asked.map(({ provider }) => provider)).toEqual(["webgpu", "cpu"]);
  });

  it("passes on what is wrong with the model itself", async () => {
    await expect(loadModel(engineWith([]).engine, model, "auto", 1)).rejects.toThrow("no cpu");
  });

  it("has threads in WebAssembly only where memory can be shared, and says so", async () => {
    const { engine, wasm } = engineWith(["wasm"], "wasm");
    const alone = await loadModel(engine, model, "cpu", 4);
    expect(alone.fallbacks).toEqual(["1 thread instead of 4: the page is not cross-origin isolated"]);
    expect(wasm.numThreads).toBe(1);
    Object.assign(globalThis, { crossOriginIsolated: true });
    expect((await loadModel(engine, model, "cpu", 4)).fallbacks).toEqual([]);
    expect(wasm.numThreads).toBe(4);
  });
});
