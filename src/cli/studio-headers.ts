/**
 * The content security policy of the studio: nothing but its own files, no inline script or style, no other host. WebAssembly
 * is compiled for the tensor runtime; `eval` is not allowed.
 */
export const STUDIO_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** What every file of the studio is sent with: its policy, and isolation from other origins, which threads of WebAssembly need. */
export const STUDIO_HEADERS = {
  "Content-Security-Policy": `${STUDIO_POLICY}; frame-ancestors 'none'`,
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
} as const;
