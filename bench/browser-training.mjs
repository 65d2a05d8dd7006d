import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { createRandom, fitMtrn, nonlinearData } from "../dist/index.js";
import { serveFolder } from "../dist/node/index.js";
import { buildTrainingSite } from "../test/browser/training-site.mjs";
import { median } from "./stopwatch.mjs";

const CHROMIUM = "/usr/bin/chromium";
const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/**
 * An update of stage 1 at the size of the paper's nonlinear experiment in Chromium, on WebAssembly, beside the same on Node, in
 * turn: on one thread, and on two in a page that is cross-origin isolated.
 */
export const browserTraining = {
  name: "browser-training",
  async *run({ quick }) {
    if (!existsSync(CHROMIUM)) {
      yield { what: "an update in a browser", ours: { missing: "no Chromium" } };
      return;
    }
    const size = { tasks: 100, rowsPerTask: 200, epochs: quick ? 2 : 4 };
    const folder = await mkdtemp(join(tmpdir(), "taskprism-bench-"));
    const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
    try {
      const page = await buildTrainingSite(folder);
      for (const [threads, least] of [
        [1, 1 / 5],
        [2, 1 / 3],
      ]) {
        const times = { web: [], node: [] };
        for (let k = 0; k < (quick ? 1 : 3); k++) {
          times.web.push(await inBrowser(browser, folder, page, { ...size, threads }));
          times.node.push(await onNode({ ...size, threads: 1 }));
        }
        const [web, node] = [median(times.web), median(times.node)];
        yield {
          what: `an update in Chromium, ${threads === 1 ? "one thread" : `${threads} threads`}`,
          ours: { seconds: web },
          peer: "the same on Node, one thread",
          theirs: { seconds: node },
          required: { text: `≥ 1/${Math.round(1 / least)}`, met: node / web >= least },
        };
      }
    } finally {
      await browser.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function inBrowser(browser, folder, page, size) {
  const server = await serveFolder(folder, { port: 0, headers: size.threads > 1 ? ISOLATED : {} });
  const tab = await browser.newPage();
  try {
    await tab.goto(server.url + page);
    await tab.waitForFunction("globalThis.train !== undefined");
    return (await tab.evaluate((asked) => globalThis.train(asked), size)).secondsPerUpdate;
  } finally {
    await tab.close();
    await server.close();
  }
}

/** The same as test/browser/same-training.ts does in the page. */
async function onNode({ tasks, rowsPerTask, epochs, threads }) {
  const { data } = nonlinearData({ tasks, rowsPerTask }, createRandom(0));
  const steps = fitMtrn(data, { latentDim: 20, preset: "paper", epochs, threads }, createRandom(1));
  let started = 0;
  let [updates, warm] = [0, 0];
  for (;;) {
    const { value, done } = await steps.next();
    if (done) return (performance.now() - started) / 1e3 / (updates - warm);
    updates = value.step;
    if (value.epoch >= 1 && started === 0) [started, warm] = [performance.now(), value.step];
  }
}
