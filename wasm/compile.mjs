// npm run wasm: compiles wasm/product.ts and writes src/linalg/product-code.ts.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const SOURCE = new URL("product.ts", import.meta.url);
const CODE = new URL("../src/linalg/product-code.ts", import.meta.url);
const FLAGS = [
  "-O3",
  "--runtime",
  "stub",
  "--enable",
  "simd",
  "--noAssert",
  "--importMemory",
  "--outFile",
  "product.wasm",
];

/** The TypeScript of product-code.ts for the AssemblyScript of product.ts. */
export async function compiledProduct() {
  const source = await readFile(SOURCE, "utf8");
  let binary;
  const { error, stderr } = await asc.main(["product.ts", ...FLAGS], {
    readFile: (name) => (name === "product.ts" ? source : null),
    writeFile: (name, contents) => {
      if (name === "product.wasm") binary = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const code = Buffer.from(binary).toString("base64");
  return `/** WebAssembly of wasm/product.ts in base64; \`npm run wasm\` writes this file. */
export const PRODUCT_CODE =
  "${code}";
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await writeFile(CODE, await compiledProduct());
