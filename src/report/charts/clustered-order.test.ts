import { describe, expect, it } from "vitest";
import { matrix } from "../../linalg/matrix.ts";
import { createRandom } from "../../stats/random.ts";
import { clusteredOrder } from "./clustered-order.ts";
import { orderByStrongest } from "./order.ts";

/** Profiles of four groups, each strong in two columns at once; the second half of the columns is noise. */
const PROFILES = [
  [0.7, 0.7, 0, 0],
  [0, 0.7, 0.7, 0],
  [0, 0, 0.7, 0.7],
  [-0.7, 0, 0, 0.7],
];

function planted(seed: number) {
  const random = createRandom(seed);
  const groups = Array.from({ length: 60 }, () => random.integer(PROFILES.length));
  const data = groups.flatMap((group) => (PROFILES[group] as number[]).map((value) => value + 0.1 * random.normal()));
  return { groups, profiles: matrix(60, 4, Float64Array.from(data)) };
}

/** How often the group changes from one row to the next. */
const changes = (order: readonly number[], groups: readonly number[]) =>
  order.filter((t, at) => at > 0 && groups[t] !== groups[order[at - 1] as number]).length;

describe("the clustered order", () => {
  it.each([0, 1, 2])(
    "lays planted groups side by side, where the order by the strongest column cuts them (seed %i)",
    (seed) => {
      const { groups, profiles } = planted(seed);
      const order = clusteredOrder(profiles);
      expect([...order].sort((a, b) => a - b)).toEqual([...groups.keys()]);
      expect(changes(order, groups)).toBe(3);
      expect(changes(orderByStrongest(profiles), groups)).toBeGreaterThan(6);
    },
  );

  it("follows the columns downwards where each group has its own", () => {
    const own = [2, 0, 1, 2, 1, 0, 0, 2];
    const profiles = matrix(
      8,
      3,
      Float64Array.from(own.flatMap((j, t) => [0, 1, 2].map((k) => (k === j ? 1 - t / 100 : 0)))),
    );
    expect(clusteredOrder(profiles).map((t) => own[t])).toEqual([0, 0, 0, 1, 1, 2, 2, 2]);
  });

  it("leaves two rows as they are", () => {
    expect(clusteredOrder(matrix(2, 1, Float64Array.of(1, 2)))).toEqual([0, 1]);
  });
});
