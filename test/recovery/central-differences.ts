import type { Objective } from "../../src/linalg/lbfgs.ts";
import type { Random } from "../../src/stats/random.ts";

/** Truncation (ε² f''') and rounding (1e-16 f / ε) leave about 1e-9 of a smooth function of order one; a wrong formula is wrong by 1e-2. */
export const GRADIENT_TOLERANCE = 1e-6;

/**
 * The largest error of a gradient along random unit directions, against central differences of the value, relative to
 * the size ‖∇f‖/√n of a typical directional derivative.
 */
export function worstDirectionalError(objective: Objective, x: Float64Array, random: Random, directions = 8): number {
  const { gradient } = objective(x);
  const typical = Math.hypot(...gradient) / Math.sqrt(x.length);
  let worst = 0;
  for (let k = 0; k < directions; k++) {
    const raw = Float64Array.from(x, () => random.normal());
    const v = raw.map((value) => value / Math.hypot(...raw));
    const step = 1e-5;
    const at = (t: number) => objective(x.map((value, i) => value + t * v[i])).value;
    const difference = (at(step) - at(-step)) / (2 * step);
    const claimed = gradient.reduce((sum, g, i) => sum + g * v[i], 0);
    worst = Math.max(worst, Math.abs(claimed - difference) / typical);
  }
  return worst;
}
