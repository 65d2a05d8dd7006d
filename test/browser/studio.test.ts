import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Download, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nonlinearData } from "../../src/data/synthetic/nonlinear.ts";
import { colours } from "../../src/report/theme.ts";
import { createRandom } from "../../src/stats/random.ts";
import { piped, taskprism, temporaryFolder } from "../cli/taskprism.ts";
import { ALL_BUT_COLOURS, COLOURS, expectAccessible } from "./accessible.ts";
import { hasChromium, launchChromium } from "./chromium.ts";

describe.skipIf(!hasChromium)("the studio in a browser (skipped where there is no Chromium)", () => {
  const { path: cwd, dispose } = temporaryFolder();
  const server = piped(cwd, "studio", "--port", "0", "--json");
  let browser: Browser;
  let url: string;
  /** The two tabs, each in a page of its own that all tests share: a load costs seconds. */
  let playground: Watched;
  let data: Watched;

  beforeAll(async () => {
    const [text] = await once(server.stdout, "data");
    ({ url } = JSON.parse(String(text)));
    writeFileSync(join(cwd, "assays.csv"), assays());
    writeFileSync(join(cwd, "broad.csv"), broad());
    browser = await launchChromium();
    playground = await open("#playground?latents=4&tasks=40", { reducedMotion: "reduce" });
    data = await open("#data?device=webgpu", { acceptDownloads: true });
  });
  afterAll(async () => {
    await browser?.close();
    server.kill("SIGINT");
    const [status] = server.exitCode === null ? await once(server, "exit") : [server.exitCode];
    dispose();
    expect(status).toBe(0);
  });

  /** A page of the studio, with whatever it complained about. */
  async function open(fragment: string, options: Parameters<Browser["newPage"]>[0] = {}): Promise<Watched> {
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
    const { page, complaints } = playground;
    await page.waitForSelector("#playground-correlation-matrix svg");
    expect(await page.evaluate("crossOriginIsolated")).toBe(true);
    expect(Number.parseFloat(await page.innerText(".score.strong dd"))).toBeGreaterThan(0.95);
    expect(await page.innerText(".playground .verdict")).toBe("Identified: all 4 latents are told apart.");

    await page.check("label:has-text('Targets that say nothing') input");
    await eventually(() => page.innerText(".playground .verdict")).toMatch(/not identified|does not hold/i);
    expect(Number.parseFloat(await page.innerText(".score.strong dd"))).toBeLessThan(0.9);
    expect(page.url()).toContain("shuffled=true");
    expect(complaints).toEqual([]);
  });

  it("plays the latents as they rotate into place", async () => {
    const { page } = playground;
    const mcc = async () => Number(await page.getAttribute(".recovery", "data-mcc"));
    await page.evaluate("location.hash = '#playground?latents=4&tasks=40&mixing=orthogonal'");
    // The data before these said nothing, and no latent was identified.
    await eventually(() => page.innerText(".playground .verdict")).toBe("Identified: all 4 latents are told apart.");
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
  });

  it("takes a dropped CSV, fits it, shows charts with marks, and saves a model that the command line reads", async () => {
    const { page, complaints } = data;
    await drop(page, "assays.csv", readFileSync(join(cwd, "assays.csv"), "utf8"));
    await eventually(() => page.innerText(".data")).toContain(
      "assays.csv: 1,800 rows, 10 columns. 8 features, 1 target,",
    );
    await watchLive(page);
    await fitTable(page);
    // Stage 2 was drawn while it ran, and its whole film is in the result: it ends on the diagonal and did not begin there.
    expect(await page.evaluate("globalThis.seenLive.length")).toBeGreaterThan(0);
    const film = page.locator("#section-unmixing input[type=range]");
    const mcc = async () => Number(await page.getAttribute("#section-unmixing .recovery", "data-mcc"));
    await film.fill("0");
    await eventually(mcc).toBeLessThan(0.999);
    await film.fill((await film.getAttribute("max")) ?? "");
    await eventually(mcc).toBeGreaterThan(0.999);
    const marks = await page.$$eval(".run .chart svg", (charts) =>
      charts.map((chart) => chart.querySelectorAll("path[d], text").length),
    );
    expect(marks.length).toBeGreaterThan(9);
    expect(Math.min(...marks)).toBeGreaterThan(8);

    // There is no graphics card here, or there is: the page says which.
    expect(await page.innerText(".run > .note")).toMatch(
      /^Computed by (WebGPU|WebAssembly on .+: .+ updates of .+ ms.*; no WebGPU: .+)\.$/,
    );

    const clicked = page.locator("#target-correlations svg [aria-label^='assay 7, z0']").first();
    await clicked.click();
    expect(await page.innerText(".target-detail [role=status]")).toMatch(/^assay 7: probable causes/);
    await eventually(() => page.url()).toContain("target=6");

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
  });

  it("trains a large network on threads, under the page's policy, and by itself on whatever a trial finds quickest", async () => {
    const { page, complaints } = data;
    await choose(page, "broad.csv");
    await eventually(() => page.innerText(".data")).toContain("broad.csv: 600 rows");
    await page.selectOption("label:has(span:text-is('Training')) select", "thorough");
    const train = async (device: string) => {
      await page.selectOption("label:has-text('Computed by') select", device);
      await page.click("button.main");
      await page.waitForSelector(".training .plot");
      return page.innerText(".training > .note");
    };
    const discard = async () => {
      await page.click("button:has-text('Discard')");
      await page.waitForSelector(".training", { state: "detached" });
    };
    const cores = (await page.evaluate("Math.min(4, navigator.hardwareConcurrency)")) as number;
    const on = cores === 1 ? /one thread.*this machine has one core/ : new RegExp(`on ${cores} threads\\.$`);
    expect(await train("threads")).toMatch(on);
    await discard();
    const tried = await train("auto");
    expect(tried).toMatch(/^Computed by WebAssembly on .+: [\d,]+ updates of [\d.e+]+ ms; /);
    if (cores > 1) expect(tried).toMatch(/; WebAssembly on .+ took [\d.e+]+ ms/);
    await discard();
    expect(complaints).toEqual([]);
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
    const { page, complaints } = data;
    await choose(page, "data/data.parquet");
    await eventually(() => page.innerText(".data")).toContain("data.parquet: 1,200 rows");
    await choose(page, "run/model.safetensors");
    await eventually(() => page.innerText(".run .verdict")).toContain(
      "3 latents behind 20 targets, found from 8 columns",
    );
    await page.waitForSelector(".run[aria-busy=false] #feature-relations svg");
    expect(complaints).toEqual([]);
  });

  it("names file, row and column of what is wrong in a file, and loses nothing", async () => {
    const { page, complaints } = data;
    await choose(page, "assays.csv");
    await eventually(() => page.innerText(".data")).toContain("assays.csv: 1,800 rows");
    // What a column is for is in the address, and holds for the next file with these columns.
    await page.locator("select[aria-label^='What ']").nth(1).selectOption("none");
    await eventually(async () => page.url()).toMatch(/table=[0-9a-f]{8}&roles=tn7fy/);
    await choose(page, "assays.csv");
    await eventually(() => page.innerText(".data")).toContain("7 features, 1 target");
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
  });

  it.each(["playground", "data"] as const)(
    "has no accessibility violation that axe calls serious, charts included, in light and dark, on a desk and a telephone (%s)",
    async (tab) => {
      const { page } = tab === "data" ? data : playground;
      await page.waitForSelector(".chart svg");
      await expectAccessible(page);
      await page.emulateMedia({ colorScheme: "dark" });
      expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(rgb(colours.ground.dark));
      await expectAccessible(page, COLOURS);
      await page.setViewportSize({ width: 390, height: 844 });
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
      await expectAccessible(page, ALL_BUT_COLOURS);
    },
  );
});

/** A page, and what it complained about. */
interface Watched {
  readonly page: Page;
  readonly complaints: string[];
}

/** Waits for what is expected as long as a machine that is busy with other things may need. */
const eventually = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000 });

/** Notes what the live picture of stage 2 says, however short it stands. */
const watchLive = (page: Page) =>
  page.evaluate(`(() => {
    globalThis.seenLive = [];
    new MutationObserver(() => {
      const said = document.querySelector(".live output")?.textContent;
      if (said && Number(said) !== globalThis.seenLive.at(-1)) globalThis.seenLive.push(Number(said));
    }).observe(document.body, { subtree: true, childList: true, characterData: true });
  })()`);

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

/** A table of 600 rows with 150 columns and 12 targets. */
function broad(): string {
  const random = createRandom(5);
  const names = [...Array(150).keys()].map((j) => `x${j}`).concat([...Array(12).keys()].map((t) => `y${t}`));
  const lines = Array.from({ length: 600 }, () => names.map(() => random.normal().toFixed(4)).join(","));
  return `${names.join(",")}\n${lines.join("\n")}\n`;
}

/** A colour #rrggbb as a browser says it. */
function rgb(hex: string): string {
  return `rgb(${[1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(", ")})`;
}
