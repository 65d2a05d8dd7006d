import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Builds a page that has the function `train` of same-training.ts, on onnxruntime-web, into `folder`. */
export async function buildTrainingSite(folder) {
  const page = join(here, `page-${process.pid}.html`);
  await writeFile(
    page,
    '<!doctype html><title>training</title><script type="module" src="./training-page.ts"></script>',
  );
  try {
    await build({
      configFile: false,
      logLevel: "error",
      root: here,
      base: "./",
      resolve: { alias: { "#onnxruntime": "onnxruntime-web/wasm" } },
      build: {
        outDir: folder,
        emptyOutDir: false,
        target: "es2023",
        assetsInlineLimit: 0,
        chunkSizeWarningLimit: 4000,
        reportCompressedSize: false,
        rolldownOptions: { input: { index: page } },
      },
    });
  } finally {
    await rm(page);
  }
  return `page-${process.pid}.html`;
}
