import { sizeOf } from "../graph/shape.ts";
import type { Parameter } from "./parameters.ts";

/** The most updates in one run, and the multiplications that one run makes: about a tenth of a second on one core. */
const MOST = 32;
const MULTIPLICATIONS = 4e9;

/**
 * How many updates one run makes: enough that a call, which copies the weights, costs little beside the arithmetic, few enough that progress is shown
 * and Ctrl-C heeded at once. An update multiplies every weight about three times for every row.
 */
export function updatesThatFit(parameters: readonly Parameter[], batchSize: number): number {
  const weights = parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return Math.max(1, Math.min(MOST, Math.floor(MULTIPLICATIONS / (3 * weights * batchSize))));
}
