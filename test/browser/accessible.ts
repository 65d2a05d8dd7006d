import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Findings {
  readonly violations: readonly { id: string; impact: string | null; nodes: { html: string }[] }[];
}

/**
 * Expects of a page nothing that axe calls serious or critical, charts included.
 *
 * @param options of `axe.run`: colours are all that the themes differ in, and all that is slow to check.
 */
export async function expectAccessible(page: Page, options: object = {}): Promise<void> {
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(axe);
  const { violations } = await page.evaluate<Findings>(`axe.run(document, ${JSON.stringify(options)})`);
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}

/** What a theme can break. */
export const COLOURS = { runOnly: ["color-contrast"] };

/** What a narrow screen can break. */
export const ALL_BUT_COLOURS = { rules: { "color-contrast": { enabled: false } } };
