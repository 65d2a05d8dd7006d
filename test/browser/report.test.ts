import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { colours } from "../../src/report/theme.ts";
import { taskprism, temporaryFolder } from "../cli/taskprism.ts";
import { ALL_BUT_COLOURS, COLOURS, expectAccessible } from "./accessible.ts";
import { hasChromium, launchChromium } from "./chromium.ts";

describe.skipIf(!hasChromium)("the report in a browser (skipped where there is no Chromium)", () => {
  const { path: cwd, dispose } = temporaryFolder();
  let browser: Browser;

  beforeAll(async () => {
    const sizes = ["--latents", "3", "--causes", "1", "--tasks", "40", "--rows", "60", "--inputs", "8"];
    const fit = ["data/data.parquet", "--features", "x*", "--task", "task", "--target", "target", "--latent-dim", "3"];
    for (const args of [
      ["generate", "nonlinear", ...sizes, "--out", "data"],
      ["fit", ...fit, "--epochs", "10", "--hidden", "32", "--out", "run"],
      ["report", "run", "--truth", "data/truth/latents.npy"],
    ]) {
      expect(await taskprism(cwd, ...args, "--quiet")).toMatchObject({ status: 0 });
    }
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    dispose();
  });

  /** The page, with whatever it complained about. */
  async function open(options: Parameters<Browser["newPage"]>[0] = {}): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage(options);
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("request", (request) => {
      if (!/^(file|data|blob):/.test(request.url())) complaints.push(`asks for ${request.url()}`);
    });
    await page.goto(pathToFileURL(join(cwd, "run", "report.html")).href);
    return { page, complaints };
  }

  it("opens from disk without a complaint, and every chart has marks in it", async () => {
    const { page, complaints } = await open();
    const marks = await page.$$eval(".chart svg", (charts) =>
      charts.map((chart) => chart.querySelectorAll("path[d], text").length),
    );
    expect(marks.length).toBeGreaterThan(9);
    expect(Math.min(...marks)).toBeGreaterThan(8);
    expect(complaints).toEqual([]);
    await page.close();
  });

  it("has no accessibility violation that axe calls serious, in light and dark, on a desk and a telephone", async () => {
    const { page } = await open();
    await expectAccessible(page);
    const ground = () => page.evaluate("getComputedStyle(document.body).backgroundColor");
    expect(await ground()).toBe(rgb(colours.ground.light));
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await ground()).toBe(rgb(colours.ground.dark));
    await expectAccessible(page, COLOURS);
    await page.setViewportSize({ width: 380, height: 800 });
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(380);
    await expectAccessible(page, ALL_BUT_COLOURS);
    await page.close();
  });

  it("says a value on hover, and saves a chart in the colours that are seen", async () => {
    const { page, complaints } = await open({ colorScheme: "dark", acceptDownloads: true });
    await page.hover("#correlation-matrix .chart svg [role='graphics-symbol'][aria-label^='z0']");
    await expect.poll(() => page.textContent("#tip")).toMatch(/^z0, true z\d: [+−]\d/);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.click("#correlation-matrix [data-save='svg']"),
    ]);
    expect(download.suggestedFilename()).toBe("correlation-matrix.svg");
    const svg = readFileSync(await download.path(), "utf8");
    expect(svg).toContain(colours.first.dark);
    expect(svg).not.toContain("var(");
    const [png] = await Promise.all([
      page.waitForEvent("download"),
      page.click("#correlation-matrix [data-save='png']"),
    ]);
    expect(
      readFileSync(await png.path())
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
    expect(complaints).toEqual([]);
    await page.close();
  });
});

/** A colour #rrggbb as a browser says it. */
function rgb(hex: string): string {
  return `rgb(${[1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(", ")})`;
}
