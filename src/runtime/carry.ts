import { ConfigError } from "../errors.ts";
import { sameShape } from "../graph/shape.ts";
import { describe, isInput, type Tensor } from "../graph/tensor.ts";
import type { Program } from "./session.ts";

/** An input whose next value is an output of the run before. */
export interface CarriedTensor {
  readonly input: string;
  readonly output: string;
  readonly tensor: Tensor;
}

/**
 * The carried pairs of a program, checked. Throws ConfigError when a name is unknown, an output is carried twice, or the
 * two sides differ in dtype or shape.
 */
export function carriedTensors({ inputs, outputs, carry = {} }: Program): CarriedTensor[] {
  const taken = new Set<string>();
  return Object.entries(carry).map(([input, output]) => {
    const to = inputs.find((tensor) => isInput(tensor) && tensor.attributes.name === input);
    const from = outputs[output];
    if (to === undefined) throw new ConfigError(`carry: there is no input '${input}'`);
    if (from === undefined) throw new ConfigError(`carry: there is no output '${output}'`);
    if (taken.has(output)) throw new ConfigError(`carry: the output '${output}' is carried to two inputs`);
    if (from.dtype !== to.dtype || !sameShape(from.shape, to.shape)) {
      throw new ConfigError(`carry: input '${input}' is ${describe(to)}, output '${output}' is ${describe(from)}`);
    }
    taken.add(output);
    return { input, output, tensor: to };
  });
}
