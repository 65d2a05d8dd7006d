// How soon the studio is there and how it behaves while it trains: npm run bench:studio
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const main = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const server = spawn(process.execPath, [main, "studio", "--port", "0", "--json"]);
const { url } = JSON.parse(String((await once(server.stdout, "data"))[0]));
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox"] });

/** A fresh page of the studio, with an empty cache, that remembers its long tasks. */
async function open(fragment) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(() => {
    globalThis.longTasks = [];
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) globalThis.longTasks.push(Math.round(duration));
    }).observe({ type: "longtask", buffered: true });
  });
  await page.goto(url + fragment);
  return page;
}

const say = (line) => process.stdout.write(`${line}\n`);
const now = (page) => page.evaluate(() => performance.now());
const longTasks = (page) => page.evaluate(() => globalThis.longTasks.join(", ") || "none");

try {
  for (let run = 1; run <= 3; run++) {
    const page = await open("#playground");
    await page.click("label:has-text('Few tasks') input");
    const interactive = await now(page);
    const paint = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0].startTime);
    await page.waitForSelector("#playground-correlation-matrix svg");
    say(
      `load ${run}: first paint ${Math.round(paint)} ms, a click is taken at ${Math.round(interactive)} ms, ` +
        `charts at ${Math.round(await now(page))} ms, long tasks (ms): ${await longTasks(page)}`,
    );
    await page.context().close();
  }
  for (const fragment of ["#playground?kind=nonlinear", "#playground?kind=nonlinear&seed=1"]) {
    const page = await open(fragment);
    await page.waitForSelector("#playground-correlation-matrix svg", { timeout: 120_000 });
    const mcc = await page.innerText(".score.strong dd");
    say(
      `${fragment}: MCC ${Number.parseFloat(mcc)} after ${((await now(page)) / 1000).toFixed(1)} s with charts, ` +
        `long tasks (ms): ${await longTasks(page)}`,
    );
    await page.context().close();
  }
  const page = await open("#data?example=materials&effort=usual");
  await page.waitForSelector("button.main");
  await page.evaluate(() => globalThis.longTasks.splice(0));
  await page.click("button.main");
  await page.waitForSelector(".run", { timeout: 120_000 });
  say(`example materials, usual training: long tasks (ms): ${await longTasks(page)}`);
  await page.waitForSelector(".run[aria-busy=false]", { timeout: 120_000 });
  say(`and until its charts are drawn: ${await longTasks(page)}`);
} finally {
  await browser.close();
  server.kill("SIGINT");
}
