import type { Tensor } from "./tensor.ts";

/**
 * Every tensor that the outputs are computed from, themselves included, each once and after its inputs. Depth first
 * with a stack of its own, so that no depth of graph overflows the call stack.
 */
export function dependencyOrder(outputs: readonly Tensor[]): Tensor[] {
  const order: Tensor[] = [];
  const seen = new Set<Tensor>();
  const stack = outputs.toReversed().map((tensor) => ({ tensor, inputsDone: false }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { tensor, inputsDone } = top;
    if (inputsDone) {
      order.push(tensor);
    } else if (!seen.has(tensor)) {
      seen.add(tensor);
      stack.push({ tensor, inputsDone: true });
      for (const input of tensor.inputs.toReversed()) stack.push({ tensor: input, inputsDone: false });
    }
  }
  return order;
}
