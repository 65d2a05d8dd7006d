import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedFolder, serveFolder } from "../../src/node/serve-folder.ts";
import { temporaryFolder } from "../cli/taskprism.ts";
import { hasChromium, launchChromium } from "./chromium.ts";
import { type TrainingReport, type TrainingSize, train } from "./same-training.ts";
import { buildTrainingSite } from "./training-site.mjs";

/** What makes a page cross-origin isolated. */
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const SIZE = { tasks: 30, rowsPerTask: 100, epochs: 4 };

describe.skipIf(!hasChromium)("training in a browser (skipped where there is no Chromium)", () => {
  const { path: folder, dispose } = temporaryFolder();
  const served: ServedFolder[] = [];
  let browser: Browser;
  let page: string;
  let node: TrainingReport;

  beforeAll(async () => {
    page = await buildTrainingSite(folder);
    browser = await launchChromium();
    node = await train({ ...SIZE, threads: 1 });
  });
  afterAll(async () => {
    await browser?.close();
    for (const server of served) await server.close();
    dispose();
  });

  async function inBrowser(headers: Readonly<Record<string, string>>, threads: number): Promise<TrainingReport> {
    const server = await serveFolder(folder, { port: 0, headers });
    served.push(server);
    const tab = await browser.newPage();
    await tab.goto(server.url + page);
    await tab.waitForFunction("globalThis.train !== undefined");
    const run = (size: TrainingSize) => (globalThis as unknown as { train: typeof train }).train(size);
    return tab.evaluate(run, { ...SIZE, threads });
  }

  it.each([
    ["one thread", {}, 1, []],
    ["threads, where the page is isolated", ISOLATED, 2, []],
    ["threads that there are none of", {}, 2, ["1 thread instead of 2: the page is not cross-origin isolated"]],
  ])("gives Node's losses and weights with %s, up to rounding", async (_, headers, threads, fallbacks) => {
    const web = await inBrowser(headers, threads);
    expect(node.engine).toMatch(/^onnxruntime-node/);
    expect(web.engine).toMatch(/^onnxruntime-web/);
    expect(web.fallbacks).toEqual(fallbacks);
    expect(web.losses).toHaveLength(node.losses.length);
    // Sums in another order: 1e-7 an operation, grown over a dozen updates. Another seed's losses differ by 1e-2.
    web.losses.forEach((loss, i) => {
      expect(Math.abs(loss - node.losses[i])).toBeLessThan(1e-5);
    });
    const moved = web.weights.map((weight, i) => Math.abs(weight - node.weights[i]));
    // Adam divides by the size of a gradient: where that is no more than rounding, so is the direction of a weight's step.
    expect(moved.reduce((a, b) => a + b) / moved.length).toBeLessThan(1e-5);
  });
});
