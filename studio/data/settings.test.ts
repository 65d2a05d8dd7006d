import { describe, expect, it } from "vitest";
import { dataParametersOf, dataSettingsFrom } from "./settings.ts";

const from = (text: string) => dataSettingsFrom(new URLSearchParams(text));

describe("what the address keeps of the data tab", () => {
  it("comes back: the request, the roles of columns, the target and the brush", () => {
    const text =
      "example=assays&latents=auto&effort=usual&seed=3&device=threads&table=00ab12cd&roles=t40fy&target=7&brush=0_2_0.5_3.5_-3.5_1.25";
    expect(dataParametersOf(from(text)).toString()).toBe(text);
    expect(from(text)).toMatchObject({ target: 7, brush: { pair: [0, 2], x: [0.5, 3.5], y: [-3.5, 1.25] } });
  });

  it("is empty where nothing was set", () => {
    expect(dataParametersOf(from("")).toString()).toBe("");
  });

  it.each([
    "table=columns",
    "target=-1",
    "target=1.5",
    "brush=0_2",
    "brush=0_2_2_1_0_1",
    "brush=0_2_0_9_0_1",
    "brush=0_x_0_1_0_1",
  ])("leaves out what makes no sense (%s)", (text) => {
    expect(dataParametersOf(from(text)).toString()).toBe("");
  });
});
