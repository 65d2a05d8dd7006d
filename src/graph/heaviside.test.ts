import { describe, expect, it } from "vitest";
import { evaluate } from "../../test/evaluate.ts";
import { mul } from "./elementwise.ts";
import { gradient } from "./gradient.ts";
import { heaviside } from "./heaviside.ts";
import { sum } from "./reductions.ts";
import { constant } from "./tensor.ts";

const NORMAL = 2 ** -126;
const at = [Number.NEGATIVE_INFINITY, -3e38, -1, -NORMAL, -0, 0, NORMAL, 1e-30, 1, 3e38, Number.POSITIVE_INFINITY];

describe.each(["float32", "float64"] as const)("heaviside in %s", (dtype) => {
  it.each([0, 0.1, 0.7, 1, 2, -0.5])("is 1 above zero and %d elsewhere, at the ends of the range too", async (low) => {
    const values = await evaluate(heaviside(constant(at, [at.length], dtype), low));
    const below = dtype === "float32" ? Math.fround(low) : low;
    expect(values).toEqual(at.map((x) => (x > 0 ? 1 : below)));
  });

  it("lets no gradient through", async () => {
    const x = constant([-1, 2], [2], dtype);
    const [slope] = gradient(sum(mul(heaviside(x), x)), [x]);
    expect(await evaluate(slope)).toEqual([0, 1]);
  });
});
