import { expect, it } from "vitest";
import { isSpoilt } from "./refined-certificate.ts";

it.each([
  [true, false, true],
  [true, true, false],
  [false, false, false],
  [false, true, false],
])("model holds before: %s, of refined latents: %s: spoilt %s", (before, after, expected) => {
  expect(isSpoilt({ modelHolds: after }, { modelHolds: before })).toBe(expected);
});
