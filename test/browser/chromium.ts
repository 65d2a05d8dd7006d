import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const EXECUTABLE = "/usr/bin/chromium";

/** Whether there is a browser to test pages in; tests say that they are skipped where there is none. */
export const hasChromium = existsSync(EXECUTABLE);

/** The system's browser, without a window. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox"] });
}
