import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import type { Browser, Download, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nonlinearData } from "../../src/data/synthetic/nonlinear.ts";
import { colours } from "../../src/report/theme.ts";
import { createRandom } from "../../src/stats/random.ts";
import { piped, taskprism, temporaryFolder } from "../cli/taskprism.ts";
import { hasChromium, launchChromium } from "./chromium.ts";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

describe.skipIf(!hasChromium)("the studio in a browser (skipped where there is no Chromium)", () => {
  const { path: cwd, dispose } = temporaryFolder();
  const server = piped(cwd, "studio", "--port", "0", "--json");
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    const [text] = await once(server.stdout, "data");
    ({ url } = JSON.parse(String(text)));
    writeFileSync(join(cwd, "assays.csv"), assays());
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    server.kill("SIGINT");
    const [status] = server.exitCode === null ? await once(server, "exit") : [server.exitCode];
    dispose();
    expect(status).toBe(0);
  });

  /** A page of the studio, with whatever it complained about. */
  async function open(fragment: string, options: Parameters<Browser["newPage"]>[0] = {}) {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) {
        complaints.push(`asks for ${request.url()}`);
      }
    });
    await page.goto(url + fragment);
    return { page, complaints };
  }

  const choose = (page: Page, file: string) => page.setInputFiles("input[type=file]", join(cwd, file));

  async function fitTable(page: Page): Promise<void> {
    await page.fill("label:has-text('Latents d') input[type=number]", "3");
    await page.click("button.main");
    await page.waitForSelector(".run[aria-busy=false]");
  }

  async function saved(page: Page, button: string): Promise<Download> {
    const [download] = await Promise.all([page.waitForEvent("download"), page.click(`button:has-text('${button}')`)]);
    await download.saveAs(join(cwd, download.suggestedFilename()));
    return download;
  }

  it("recovers generated latents, and the certificate reacts when targets say nothing", async () => {
    const { page, complaints } = await open("#playground?latents=4&tasks=40");
    await page.waitForSelector("#playground-correlation-matrix svg");
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    expect(Number.parseFloat(await page.innerText(".score.strong dd"))).toBeGreaterThan(0.95);
    expect(await page.innerText(".playground .verdict")).toBe("Identified: all 4 latents are told apart.");

    await page.check("label:has-text('Targets that say nothing') input");
    await eventually(() => page.innerText(".playground .verdict")).toMatch(/not identified|does not hold/i);
    expect(Number.parseFloat(await page.innerText(".score.strong dd"))).toBeLessThan(0.9);
    expect(page.url()).toContain("shuffled=true");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("plays the latents as they rotate into place", async () => {
    const { page } = await open("#playground?latents=4&tasks=40&mixing=orthogonal", { reducedMotion: "reduce" });
    const mcc = async () => Number(await page.getAttribute(".recovery", "data-mcc"));
    await page.waitForSelector("#playground-correlation-matrix svg");
    const last = await mcc();
    const slider = page.locator(".player input[type=range]");
    const ends = Number(await slider.getAttribute("max"));
    const seen: number[] = [];
    for (let at = 0; at <= ends; at++) {
      await slider.fill(String(at));
      seen.push(await mcc());
    }
    expect(last).toBeGreaterThan(0.98);
    expect(Math.min(...seen)).toBeLessThan(0.9);
    expect(seen.at(-1)).toBe(last);
    await page.close();
  });

  it("takes a dropped CSV, fits it, shows charts with marks, and saves a model that the command line reads", async () => {
    const { page, complaints } = await open("#data", { acceptDownloads: true });
    await drop(page, "assays.csv", readFileSync(join(cwd, "assays.csv"), "utf8"));
    await eventually(() => page.innerText(".data")).toContain(
      "assays.csv: 1,800 rows, 10 columns. 8 features, 1 target,",
    );
    await fitTable(page);
    const marks = await page.$$eval(".run .chart svg", (charts) =>
      charts.map((chart) => chart.querySelectorAll("path[d], text").length),
    );
    expect(marks.length).toBeGreaterThan(9);
    expect(Math.min(...marks)).toBeGreaterThan(8);

    const clicked = page.locator("#target-correlations svg [aria-label^='assay 7, z0']").first();
    await clicked.click();
    expect(await page.innerText(".target-detail [role=status]")).toMatch(/^assay 7: probable causes/);

    await saved(page, "Save the model");
    const inspected = await taskprism(cwd, "inspect", "model.safetensors", "--json");
    expect(inspected.status).toBe(0);
    expect(JSON.parse(inspected.stdout)).toMatchObject({ layout: "long", architecture: { inputDim: 8 } });
    await saved(page, "Save the latents");
    expect(readFileSync(join(cwd, "latents.csv"), "utf8").split("\n")).toHaveLength(1802);
    await saved(page, "Save the report");
    expect(readFileSync(join(cwd, "report.html"), "utf8")).toContain('<figure id="target-correlations">');

    // Pause and stop: the loss stands still, then the best weights so far are used.
    await page.selectOption("label:has-text('Training') select", "thorough");
    await page.fill("label:has-text('Seed') input[type=number]", "1");
    await page.click("button.main");
    await page.waitForSelector(".training .plot");
    await page.click("button:has-text('Pause')");
    await eventually(() => page.innerText(".training [role=status]")).toBe("paused");
    await page.click("button:has-text('Stop here')");
    await page.waitForSelector(".run label:has-text('Compare with')");
    await page.selectOption(".run label:has-text('Compare with') select", { index: 1 });
    await page.waitForSelector("#run-agreement svg [role='graphics-symbol']");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("opens a Parquet table and a model of the command line", async () => {
    const sizes = ["--latents", "3", "--causes", "1", "--tasks", "20", "--rows", "60", "--inputs", "8"];
    const columns = ["data/data.parquet", "--features", "x*", "--task", "task", "--target", "target"];
    for (const args of [
      ["generate", "nonlinear", ...sizes, "--out", "data"],
      ["fit", ...columns, "--latent-dim", "3", "--epochs", "10", "--hidden", "32", "--out", "run"],
    ]) {
      expect(await taskprism(cwd, ...args, "--quiet")).toMatchObject({ status: 0 });
    }
    const { page, complaints } = await open("#data");
    await choose(page, "data/data.parquet");
    await eventually(() => page.innerText(".data")).toContain("data.parquet: 1,200 rows");
    await choose(page, "run/model.safetensors");
    await page.waitForSelector("#target-correlations svg");
    expect(await page.innerText(".run .verdict")).toContain("3 latents behind 20 targets, found from 8 columns");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("names file, row and column of what is wrong in a file, and loses nothing", async () => {
    const { page, complaints } = await open("#data");
    await choose(page, "assays.csv");
    await page.waitForSelector(".picker table");
    writeFileSync(join(cwd, "ragged.csv"), "a,b,c\n1,2,3\n4,5\n");
    writeFileSync(join(cwd, "typo.csv"), `a,y1,y2\n${"1,2,3\n".repeat(9)}4,x5,6\n`);
    writeFileSync(join(cwd, "broken.parquet"), "PAR1 and nothing more");
    writeFileSync(join(cwd, "broken.safetensors"), "nothing");
    const alert = () => page.innerText("[role=alert]");
    for (const [file, message] of [
      ["ragged.csv", /^ragged\.csv, row 2, column 'c': the row has 2 values; the first line names 3 columns$/],
      ["broken.parquet", /^broken\.parquet: is damaged, or not Parquet: /],
      ["broken.safetensors", /^broken\.safetensors: /],
    ] as const) {
      await choose(page, file);
      await eventually(alert).toMatch(message);
      expect(await page.innerText(".data")).toContain("assays.csv: 1,800 rows");
    }
    await choose(page, "typo.csv");
    await eventually(() => page.innerText(".data")).toContain("row 10: 'x5' is not a number");
    await page.click("button.main");
    await eventually(alert).toBe("one target identifies no latents; choose several, or the column of tasks");
    expect(complaints).toEqual([]);
    await page.close();
  });

  it.each(["light", "dark"] as const)(
    "has no accessibility violation that axe calls serious (%s)",
    async (colorScheme) => {
      const { page } = await open("#playground?latents=3&tasks=20", { bypassCSP: true, colorScheme });
      await page.waitForSelector("#playground-correlation-matrix svg");
      await page.addScriptTag({ content: axe });
      await expectAccessible(page);
      await page.click("nav a:has-text('Your data')");
      await choose(page, "assays.csv");
      await page.waitForSelector(".picker table");
      await fitTable(page);
      await expectAccessible(page);
      const ground = await page.evaluate("getComputedStyle(document.body).backgroundColor");
      expect(ground).toBe(colorScheme === "light" ? "rgb(255, 255, 255)" : rgb(colours.ground.dark));
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
      await page.close();
    },
  );
});

/** Waits for what is expected as long as a machine that is busy with other things may need. */
const eventually = <T>(read: () => Promise<T>) => expect.poll(read, { timeout: 30_000 });

interface Axe {
  run(context: {
    exclude: string[];
  }): Promise<{ violations: { id: string; impact: string | null; nodes: { html: string }[] }[] }>;
}

/** The marks of charts are left to the test of the report: axe takes seconds for their thousands. */
async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await page.evaluate(() =>
    (globalThis as never as { axe: Axe }).axe.run({ exclude: [".chart svg"] }),
  );
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

/** Drops a file of this text on the place for it. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const file = `new File([${JSON.stringify(text)}], ${JSON.stringify(name)})`;
  const dataTransfer = await page.evaluateHandle(
    `(() => { const data = new DataTransfer(); data.items.add(${file}); return data; })()`,
  );
  await page.dispatchEvent(".drop", "drop", { dataTransfer });
}

/** A table of 30 assays with 60 rows each, eight descriptors. */
function assays(): string {
  const { data } = nonlinearData(
    { latentDim: 3, causalPerTask: 1, tasks: 30, rowsPerTask: 60, inputDim: 8 },
    createRandom(3),
  );
  const { features, targets } = data;
  if (targets.layout !== "long") throw new Error("generated data are long");
  const lines = Array.from(targets.values, (y, i) =>
    [`assay ${(targets.task[i] ?? 0) + 1}`, ...features.data.subarray(i * 8, (i + 1) * 8), y].join(","),
  );
  return `task,${data.featureNames.join(",")},target\n${lines.join("\n")}\n`;
}

/** A colour #rrggbb as a browser says it. */
function rgb(hex: string): string {
  return `rgb(${[1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(", ")})`;
}
