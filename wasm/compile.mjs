// npm run wasm: compiles the AssemblyScript of this folder and writes it into src/, in base64.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

/** Where the code of each program goes, and the name that it has there. */
const PROGRAMS = {
  "product.ts": { file: "../src/linalg/product-code.ts", constant: "PRODUCT_CODE" },
  "adam.ts": { file: "../src/nn/adam-code.ts", constant: "ADAM_CODE" },
};
const FLAGS = [
  "-O3",
  "--runtime",
  "stub",
  "--enable",
  "simd",
  "--noAssert",
  "--importMemory",
  "--outFile",
  "code.wasm",
];

/** The TypeScript that holds the code of `program`. */
export async function compiled(program) {
  const source = await readFile(new URL(program, import.meta.url), "utf8");
  let binary;
  const { error, stderr } = await asc.main([program, ...FLAGS], {
    readFile: (name) => (name === program ? source : null),
    writeFile: (name, contents) => {
      if (name === "code.wasm") binary = contents;
    },
    listFiles: () => [],
  });
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  const code = Buffer.from(binary).toString("base64");
  return `/** WebAssembly of wasm/${program} in base64; \`npm run wasm\` writes this file. */
export const ${PROGRAMS[program].constant} =
  "${code}";
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [program, { file }] of Object.entries(PROGRAMS)) {
    await writeFile(new URL(file, import.meta.url), await compiled(program));
  }
}
