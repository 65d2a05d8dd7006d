// What is used of the engine, which the rooms of numbers otherwise do without.
declare const WebAssembly: {
  validate(code: Uint8Array): boolean;
  readonly Module: new (code: Uint8Array) => object;
  readonly Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};
declare const atob: (base64: string) => string;

const PAGE_BYTES = 65_536;

/** The first byte of its memory that a program leaves free: the compiler's own data come before. */
export const FIRST_FREE = 8192;

/** A program of the folder wasm/, ready to run. */
export interface VectorProgram {
  /** Its functions, which take places in bytes. */
  readonly functions: object;
  readonly memory: ArrayBuffer;
}

/**
 * A program of vector instructions with memory of its own; null where the engine has no WebAssembly with SIMD, or a page's policy
 * forbids it.
 * @param code - base64, as `npm run wasm` writes it
 * @param bytes - of memory, those before `FIRST_FREE` among them
 */
export function loadVectorCode(code: string, bytes: number): VectorProgram | null {
  if (typeof WebAssembly === "undefined") return null;
  const binary = Uint8Array.from(atob(code), (letter) => letter.charCodeAt(0));
  if (!WebAssembly.validate(binary)) return null;
  try {
    const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE_BYTES) });
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
    return { functions: exports, memory: memory.buffer };
  } catch {
    return null;
  }
}
