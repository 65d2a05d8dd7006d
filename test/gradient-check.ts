import { mul } from "../src/graph/elementwise.ts";
import { gradient } from "../src/graph/gradient.ts";
import { sum } from "../src/graph/reductions.ts";
import { type Shape, sizeOf } from "../src/graph/shape.ts";
import { constant, input, type Tensor } from "../src/graph/tensor.ts";
import { compile } from "../src/runtime/session.ts";
import type { Random } from "../src/stats/random.ts";

/** A float64 input of the function under test and the point at which it is differentiated. */
export interface Point {
  readonly shape: Shape;
  readonly values: Float64Array;
}

/** How a gradient is compared with differences. */
export interface GradientCheckOptions {
  /** Random directions tried for each input. Default 3. */
  readonly directions?: number;
  /** ε of the central difference (f(x + εv) − f(x − εv)) / 2ε along a unit direction v. Default 1e-5. */
  readonly step?: number;
}

/**
 * A tolerance for `gradientError` at the default step: the difference quotient itself is exact to about ε² = 1e-10
 * (truncation) and 1e-16/ε = 1e-11 (rounding), times the ratio of f to its gradient; a wrong rule is wrong by 1e-2 and
 * more.
 */
export const gradientTolerance = 1e-6;

/** A point with standard normal values. */
export function randomPoint(shape: Shape, random: Random): Point {
  return { shape, values: Float64Array.from({ length: sizeOf(shape) }, () => random.normal()) };
}

/**
 * The largest relative error of `gradient` against central differences in float64 over random directions, each input
 * by itself. What is differentiated is Σ weights ∘ f(inputs) with fixed random weights, so f may return any shape.
 * The error along a direction is relative to the difference quotient or to the typical size ‖∇‖/√n of a directional
 * derivative, whichever is larger.
 */
export async function gradientError(
  f: (inputs: readonly Tensor[]) => Tensor,
  points: readonly Point[],
  random: Random,
  { directions = 3, step = 1e-5 }: GradientCheckOptions = {},
): Promise<number> {
  const inputs = points.map(({ shape }, i) => input(`x${i}`, "float64", shape));
  const value = f(inputs);
  const weights = Float64Array.from({ length: sizeOf(value.shape) }, () => random.uniform(0.5, 1.5));
  const loss = sum(mul(value, constant(weights, value.shape, "float64")));
  const gradients = Object.fromEntries(gradient(loss, inputs).map((g, i) => [`g${i}`, g]));
  const session = await compile({ inputs, outputs: { loss, ...gradients } });

  const evaluate = (moved: readonly Float64Array[]) =>
    session.run(Object.fromEntries(moved.map((values, i) => [`x${i}`, values])));
  const lossAlong = async (i: number, v: Float64Array, t: number) => {
    const moved = points.map(({ values }, j) => (j === i ? values.map((x, k) => x + t * v[k]) : values));
    return Number((await evaluate(moved)).loss[0]);
  };

  const exact = await evaluate(points.map(({ values }) => values));
  let worst = 0;
  for (const [i, { values }] of points.entries()) {
    const g = exact[`g${i}`] as Float64Array;
    for (let k = 0; k < directions; k++) {
      const v = unitVector(values.length, random);
      const quotient = ((await lossAlong(i, v, step)) - (await lossAlong(i, v, -step))) / (2 * step);
      worst = Math.max(worst, relativeError(quotient, g, v));
    }
  }
  await session.release();
  return worst;
}

function relativeError(quotient: number, g: Float64Array, v: Float64Array): number {
  const error = Math.abs(quotient - dot(g, v));
  const scale = Math.max(Math.abs(quotient), Math.sqrt(dot(g, g) / g.length));
  if (error === 0) return 0;
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error / scale;
}

function unitVector(length: number, random: Random): Float64Array {
  const v = Float64Array.from({ length }, () => random.normal());
  const norm = Math.sqrt(dot(v, v));
  return v.map((x) => x / norm);
}

function dot(x: Float64Array, y: Float64Array): number {
  return x.reduce((total, value, i) => total + value * y[i], 0);
}
