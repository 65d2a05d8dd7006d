/// <reference types="vite/client" />
import mjs from "onnxruntime-web/ort-wasm-simd-threaded.mjs?url";
import wasm from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import { env } from "onnxruntime-web/wasm";
import { train } from "./same-training.ts";

// Threads run the file that is named here: in a bundle it would be the page itself.
env.wasm.wasmPaths = { mjs, wasm };
Object.assign(globalThis, { train });
