import type { AttributeValue } from "./operation.ts";
import { dependencyOrder } from "./order.ts";
import type { Tensor } from "./tensor.ts";

/**
 * The same tensors, computed with fewer operations: equal subexpressions are computed once, and every operation's own
 * identities are applied (x·1, x + 0, −(−x), a transpose of a transpose, a stretched operand of an operation that
 * stretches anyway; see `simplify` in each Operation).
 *
 * The results are the same numbers. Nothing is reassociated, and 0·x stays a product unless x is of integers: in
 * floats it is NaN where x is NaN or infinite, and a missing value must not turn into a zero unseen. One liberty is
 * taken: x + 0 is x, which keeps the sign of −0.
 *
 * @returns the simplified outputs, in order; tensors made by `input` are never replaced.
 */
export function simplify(outputs: readonly Tensor[]): Tensor[] {
  const simplified = new Map<Tensor, Tensor>();
  const pool = new ExpressionPool();
  for (const tensor of dependencyOrder(outputs)) {
    const inputs = tensor.inputs.map((input) => simplified.get(input) as Tensor);
    const changed = inputs.some((input, i) => input !== tensor.inputs[i]);
    simplified.set(tensor, pool.settle(changed ? { ...tensor, inputs } : tensor));
  }
  return outputs.map((output) => simplified.get(output) as Tensor);
}

/** Tensors already simplified, found by what they compute. */
class ExpressionPool {
  readonly #settled = new Map<string, Tensor>();
  readonly #ids = new Map<object, number>();

  /** The one tensor that stands for `tensor`, whose inputs are settled: simplified until no identity applies. */
  settle(tensor: Tensor): Tensor {
    const key = this.#key(tensor);
    const known = this.#settled.get(key);
    if (known !== undefined) return known;

    const simpler = tensor.op.simplify?.(tensor);
    const result = simpler === undefined ? tensor : this.#settleNew(simpler);
    this.#settled.set(key, result);
    return result;
  }

  /** An identity may have made new nodes, whose inputs are not settled yet. */
  #settleNew(tensor: Tensor): Tensor {
    const inputs = tensor.inputs.map((input) => this.#settleNew(input));
    const changed = inputs.some((input, i) => input !== tensor.inputs[i]);
    return this.settle(changed ? { ...tensor, inputs } : tensor);
  }

  #key({ op, dtype, shape, inputs, attributes }: Tensor): string {
    const named = Object.entries(attributes).map(([name, value]) => `${name}=${this.#attributeKey(value)}`);
    return [this.#id(op), dtype, shape, inputs.map((input) => this.#id(input)), ...named].join("|");
  }

  /** Values of small arrays; large ones are the same only if they are the same object. */
  #attributeKey(value: AttributeValue): string {
    if (typeof value !== "object") return String(value);
    return value.length <= 16 ? Array.from(value, asText).join() : `array ${this.#id(value)}`;
  }

  #id(object: object): number {
    const id = this.#ids.get(object) ?? this.#ids.size;
    this.#ids.set(object, id);
    return id;
  }
}

/** Tells −0 from 0. */
function asText(value: number | bigint): string {
  return Object.is(value, -0) ? "-0" : String(value);
}
