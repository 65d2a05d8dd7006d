import { z } from "zod";
import { activations } from "../baselines/activation.ts";
import { independenceTests } from "../baselines/collider-causes.ts";
import { contrasts } from "../baselines/ica-contrast.ts";
import { ConfigError } from "../errors.ts";

const count = z.int().positive();
const positive = z.number().positive();
const names = <T extends string>(record: Readonly<Record<T, unknown>>) => z.enum(Object.keys(record) as T[]);

type Shape = Readonly<Record<string, z.ZodType>>;

const variational = {
  depth: count,
  activation: names(activations),
  decoderVariance: positive,
  auxiliary: z.enum(["task-and-target", "task"]),
};

const nonFactorised = { ...variational, statistics: z.int().nonnegative() };

const sparse = { penalty: z.number().nonnegative(), sharing: z.number().nonnegative(), starts: count, rounds: count };

/** What every baseline that trains can be told; `hidden` is one width, for every layer of its networks. */
export const trainedOptionShape = {
  ...{ steps: count.optional(), batchSize: count.optional(), hidden: count.optional() },
  ...{ learningRate: positive.optional(), holdOut: z.number().gt(0).lt(1).optional() },
} as const satisfies Shape;

/** The options that single baselines have beside those that all share, by the baseline's name. */
const shapes: Readonly<Record<string, Shape>> = {
  "fast-ica": {
    algorithm: z.enum(["parallel", "deflation"]),
    contrast: names(contrasts),
    tolerance: z.number().nonnegative(),
    maxIterations: count,
  },
  "sparse-heads": sparse,
  "shared-features": sparse,
  ivae: { ...variational, priorMean: z.enum(["zero", "learned"]), anneal: z.boolean() },
  "nf-ivae": nonFactorised,
  icarl: { ...nonFactorised, test: names(independenceTests), level: z.number().gt(0).lt(1) },
};

/** The shape of a baseline's own options, every one of them optional. */
export function baselineOptionShape(method: string): Shape {
  return Object.fromEntries(Object.entries(shapes[method] ?? {}).map(([name, type]) => [name, type.optional()]));
}

/** Checks a baseline's own options. Throws ConfigError that names the option and says what there is. */
export function checkBaselineOptions(method: string, options: Readonly<Record<string, unknown>>): void {
  const shape = baselineOptionShape(method);
  const known = Object.keys(shape);
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const there = known.length === 0 ? "it has none" : `there are ${known.join(", ")}`;
    throw new ConfigError(`${method} has no option '${unknown}'; ${there}`);
  }
  const result = z.strictObject(shape).safeParse(options);
  if (result.success) return;
  const [issue] = result.error.issues;
  throw new ConfigError(
    `${method}: ${issue?.path.join(".")}: ${issue?.message.replace(/^Invalid (input|option): /, "")}`,
  );
}
