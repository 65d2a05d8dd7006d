import { describe, expect, it } from "vitest";
import { BREAKAGES, DEFAULTS, isBroken, parametersOf, settingsFrom, toggled } from "./settings.ts";

describe("the playground's settings", () => {
  it("survive the address, which holds only what is not the default", () => {
    const settings = {
      ...DEFAULTS,
      kind: "nonlinear",
      latents: 9,
      noise: 2.5,
      shuffled: true,
      confounding: 0.6,
    } as const;
    const text = parametersOf(settings).toString();
    expect(text).toBe("kind=nonlinear&latents=9&noise=2.5&confounding=0.6&shuffled=true");
    expect(settingsFrom(new URLSearchParams(text))).toEqual(settings);
    expect(parametersOf(DEFAULTS).toString()).toBe("");
  });

  it("out of a wrong address are in range", () => {
    const wrong = new URLSearchParams("latents=999&tasks=x&kind=cubic&causes=8&confounding=7&rows=-3&seed=1.4");
    expect(settingsFrom(wrong)).toEqual({ ...DEFAULTS, latents: 16, causes: 8, confounding: 0.99, rows: 20, seed: 1 });
    expect(settingsFrom(new URLSearchParams("latents=3&causes=8")).causes).toBe(3);
  });

  it.each(BREAKAGES)("are broken and mended: $label", (breakage) => {
    expect(isBroken(DEFAULTS, breakage)).toBe(false);
    const broken = toggled(DEFAULTS, breakage);
    expect(isBroken(broken, breakage)).toBe(true);
    expect(toggled(broken, breakage)).toEqual(DEFAULTS);
  });
});
