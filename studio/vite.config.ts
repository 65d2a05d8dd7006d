import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { STUDIO_POLICY } from "../src/cli/studio-headers.ts";
import { PAGE_SCRIPT } from "../src/report/page-script.ts";
import { themeStyle } from "../src/report/theme.ts";

/** The studio as a static site in dist/studio: every file that it needs, and nothing from elsewhere. */
export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  base: "./",
  plugins: [reportParts(), policy(), withoutMolecules()],
  resolve: { alias: { "#onnxruntime": fileURLToPath(new URL("worker/onnxruntime.ts", import.meta.url)) } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  worker: { format: "es", plugins: () => [withoutMolecules()] },
  build: {
    outDir: fileURLToPath(new URL("../dist/studio", import.meta.url)),
    emptyOutDir: true,
    rolldownOptions: { checks: { pluginTimings: false } },
    target: "es2023",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 2000,
  },
});

/** What the studio shares with the report's page: its colours, and its script for hover and saving. */
function reportParts(): Plugin {
  const parts: Readonly<Record<string, string>> = {
    "virtual:report-theme.css": themeStyle(),
    "virtual:report-script.js": PAGE_SCRIPT,
  };
  return {
    name: "report-parts",
    resolveId: (id) => (id in parts ? `\0${id}` : undefined),
    load: (id) => parts[id.slice(1)],
  };
}

/** The content security policy in the page itself, for servers that send none. */
function policy(): Plugin {
  return {
    name: "policy",
    apply: "build",
    transformIndexHtml: () => [
      {
        tag: "meta",
        attrs: { "http-equiv": "Content-Security-Policy", content: STUDIO_POLICY },
        injectTo: "head-prepend",
      },
    ],
  };
}

/** The studio reads no molecules, so nothing there can ask for one to be drawn: without this the drawing program, 2.4 MB, would be shipped. */
function withoutMolecules(): Plugin {
  const id = "\0without-molecules";
  return {
    name: "without-molecules",
    enforce: "pre",
    resolveId: (wanted) => (wanted.endsWith("/draw-molecule.ts") ? id : undefined),
    load: (wanted) =>
      wanted === id
        ? 'export function drawMolecule() { throw new Error("the studio draws no molecules"); }'
        : undefined,
  };
}
