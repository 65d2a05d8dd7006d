import { describe, expect, it } from "vitest";
import { PRODUCT_CODE } from "../src/linalg/product-code.ts";
import { ADAM_CODE } from "../src/nn/adam-code.ts";
import { compiled } from "../wasm/compile.mjs";

describe("WebAssembly that is kept with the source", () => {
  it.each([
    ["product.ts", PRODUCT_CODE],
    ["adam.ts", ADAM_CODE],
  ] as const)("is what wasm/%s compiles to", async (program, code) => {
    expect(await compiled(program)).toContain(`"${code}"`);
  });
});
