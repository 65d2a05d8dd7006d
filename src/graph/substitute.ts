import { dependencyOrder } from "./order.ts";
import { isConstant, type Tensor } from "./tensor.ts";

/**
 * The same tensors computed from other values: every tensor that `replacements` names is replaced by another of its dtype and
 * shape, and whatever depends on it is made anew.
 */
export function substitute(outputs: readonly Tensor[], replacements: ReadonlyMap<Tensor, Tensor>): Tensor[] {
  const made = new Map(replacements);
  for (const tensor of dependencyOrder(outputs)) {
    if (made.has(tensor) || !tensor.inputs.some((input) => made.has(input))) continue;
    made.set(tensor, { ...tensor, inputs: tensor.inputs.map((input) => made.get(input) ?? input) });
  }
  return outputs.map((output) => made.get(output) ?? output);
}

/**
 * What of the computation of `earlier` is needed to compute `later`, where only the inputs `atHand` are still there: with these
 * tensors kept, `later` follows without computing anything of `earlier` again but what depends on `atHand` alone.
 */
export function neededLater(
  earlier: readonly Tensor[],
  later: readonly Tensor[],
  atHand: ReadonlySet<Tensor>,
): Tensor[] {
  const first = dependencyOrder(earlier);
  const computed = new Set(first);
  const again = new Set<Tensor>();
  for (const tensor of first) {
    const follows = tensor.inputs.length > 0 && tensor.inputs.every((input) => again.has(input));
    if (follows || isConstant(tensor) || atHand.has(tensor)) again.add(tensor);
  }
  const needed = new Set<Tensor>();
  const look = (tensor: Tensor) => {
    if (computed.has(tensor) && !again.has(tensor)) needed.add(tensor);
  };
  for (const tensor of dependencyOrder(later)) if (!computed.has(tensor)) tensor.inputs.forEach(look);
  later.forEach(look);
  return [...needed];
}
