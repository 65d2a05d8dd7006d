import { describe, expect, it } from "vitest";
import { normals, plus } from "../../test/matrices.ts";
import { takeColumns } from "../linalg/matrix.ts";
import { pngOf } from "../node/index.ts";
import { correlationMatrix } from "./charts/correlation-matrix.ts";
import { renderStandaloneSvg, renderSvg } from "./render.ts";
import { colours } from "./theme.ts";

describe("the correlation matrix", () => {
  const truth = normals(300, 3, 1);
  // Found in another order, with noise: z0 is the third, z1 the first, z2 the second.
  const found = plus(takeColumns(truth, [2, 0, 1]), normals(300, 3, 2), 0.1);
  const chart = correlationMatrix(
    { title: "latents", values: found, names: ["z0", "z1", "z2"] },
    { title: "truth", values: truth, names: ["s0", "s1", "s2"] },
  );

  it("puts the truth in the order of its matches, so that recovery is a diagonal", () => {
    expect(chart.table.columns).toEqual(["latents", "s2", "s0", "s1"]);
    chart.table.rows.forEach(([, ...values], i) => {
      values.forEach((value, j) => {
        if (i === j) expect(value).toBeGreaterThan(0.98);
        else expect(Math.abs(Number(value))).toBeLessThan(0.2);
      });
    });
  });

  it("is drawn with the names of colours in a page, and with the colours of one theme alone", async () => {
    const inPage = await renderSvg(chart.spec);
    expect(inPage).toContain("var(--first)");
    const alone = await renderStandaloneSvg(chart.spec, "dark");
    expect(alone).not.toContain("var(");
    expect(alone).toContain(colours.first.dark);
    expect(alone).not.toContain(colours.first.light);
  });

  it("of many latents draws forty, says so, and leaves the others to the numbers", () => {
    const many = normals(100, 50, 3);
    const names = [...Array(50).keys()].map((j) => `s${j}`);
    const { caption, spec, table } = correlationMatrix(
      { title: "latents", values: many, names },
      { title: "truth", values: many, names },
    );
    expect(caption).toContain("40 of 50 down and 40 of 50 across are drawn, matched ones first.");
    expect((spec as { data: { values: unknown[] } }).data.values).toHaveLength(1600);
    expect([table.rows.length, table.columns.length]).toEqual([50, 51]);
  });

  it("says every cell to a screen reader", async () => {
    const labels = [...(await renderSvg(chart.spec)).matchAll(/aria-label="(z\d, s\d: [^"]+)"/g)].map(
      ([, label]) => label,
    );
    expect(labels.length).toBe(9);
    expect(labels).toContainEqual(expect.stringMatching(/^z0, s2: \+0\.99/));
  });

  it("becomes a PNG of twice its size", async () => {
    const svg = await renderStandaloneSvg(chart.spec);
    const [, width] = /width="([\d.]+)"/.exec(svg) as RegExpExecArray;
    const png = Buffer.from(await pngOf(svg));
    expect(png.subarray(1, 4).toString()).toBe("PNG");
    expect(Math.abs(png.readUInt32BE(16) - 2 * Number(width))).toBeLessThan(2);
  });
});
