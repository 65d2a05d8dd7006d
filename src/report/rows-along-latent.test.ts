import { expect, it } from "vitest";
import { matrix, rowView } from "../linalg/matrix.ts";
import { createRandom } from "../stats/random.ts";
import { rowsAlong } from "./rows-along-latent.ts";

it("takes rows that rise along the latent and hardly differ in the others", () => {
  const random = createRandom(4);
  const latents = matrix(
    5000,
    4,
    Float64Array.from({ length: 20_000 }, () => random.normal()),
  );
  const members = rowsAlong(latents, 2);
  const values = members.map(({ value }) => value);
  expect(values).toEqual([...values].sort((a, b) => a - b));
  // Standard normal quantiles at .005 and .995.
  expect(values[0]).toBeCloseTo(-2.576, 0);
  expect(values.at(-1)).toBeCloseTo(2.576, 0);
  for (const { row, value } of members) {
    const own = rowView(latents, row);
    expect(own[2]).toBe(value);
    // Of 50 rows with three other latents the nearest to the mean is within 1 of it but once in 10⁵ times.
    expect(Math.hypot(own[0], own[1], own[3])).toBeLessThan(1.3);
  }
});

it("takes each row once where there are few", () => {
  const members = rowsAlong(matrix(3, 1, Float64Array.of(0.3, -1, 1)), 0);
  expect(members.length).toBe(3);
  expect(new Set(members.map(({ row }) => row)).size).toBe(3);
});
