import { ConfigError } from "../errors.ts";
import { sameShape } from "../graph/shape.ts";
import { describe, isInput } from "../graph/tensor.ts";
import type { Program } from "./session.ts";

/** An input whose next value is an output of the run before. */
export interface CarriedPair {
  readonly input: string;
  readonly output: string;
}

/**
 * The carried pairs of a program, checked. Throws ConfigError when a name is unknown or the two sides differ in dtype or
 * shape.
 */
export function carriedPairs({ inputs, outputs, carry = {} }: Program): CarriedPair[] {
  return Object.entries(carry).map(([input, output]) => {
    const to = inputs.find((tensor) => isInput(tensor) && tensor.attributes.name === input);
    const from = outputs[output];
    if (to === undefined) throw new ConfigError(`carry: there is no input '${input}'`);
    if (from === undefined) throw new ConfigError(`carry: there is no output '${output}'`);
    if (from.dtype !== to.dtype || !sameShape(from.shape, to.shape)) {
      throw new ConfigError(`carry: input '${input}' is ${describe(to)}, output '${output}' is ${describe(from)}`);
    }
    return { input, output };
  });
}
