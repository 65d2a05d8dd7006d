import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ConfigError } from "../errors.ts";
import { openUrl, serveFolder } from "../node/index.ts";
import { onInterrupt } from "./interrupt.ts";
import type { StudioFlags } from "./studio.ts";
import { STUDIO_HEADERS } from "./studio-headers.ts";
import { printResult } from "./summary.ts";

/** Serves the built studio until Ctrl-C. Throws ConfigError when it is not built, or the port cannot be had. */
export async function runStudio(flags: StudioFlags): Promise<void> {
  const folder = fileURLToPath(new URL("../studio", import.meta.url));
  if (!existsSync(join(folder, "index.html"))) {
    throw new ConfigError("the studio is not built; run: npm run studio:build");
  }
  const interrupt = onInterrupt();
  const served = await serveFolder(folder, { port: flags.port, headers: STUDIO_HEADERS });
  printResult(flags, { url: served.url }, () => [`the studio is at ${served.url} (Ctrl-C ends it)`]);
  if (flags.open) openUrl(served.url);
  await new Promise<void>((resolve) => {
    if (interrupt.requested) resolve();
    interrupt.signal.addEventListener("abort", () => resolve(), { once: true });
  });
  await served.close();
  interrupt.dispose();
}
