declare module "virtual:report-theme.css";
declare module "virtual:report-script.js";
/** The same runtime once more, with a state of its own. */
declare module "onnxruntime-web/wasm?threads" {
  export * from "onnxruntime-web/wasm";
}
