import type { AttributeValue } from "./operation.ts";
import { dependencyOrder } from "./order.ts";
import { isInput, type Tensor } from "./tensor.ts";

/**
 * The same tensors, computed with fewer operations: equal subexpressions are computed once, and every operation's own
 * identities are applied (x·1, x + 0, −(−x), a transpose of a transpose, a stretched operand of an operation that
 * stretches anyway; see `simplify` in each Operation).
 *
 * The results are the same numbers. Nothing is reassociated, and 0·x stays a product: it is NaN where x is NaN or
 * infinite, and a missing value must not turn into a zero unseen. One liberty is taken: x + 0 is x, which keeps the
 * sign of −0.
 *
 * @returns the simplified outputs, in order; tensors made by `input` are never replaced.
 */
export function simplify(outputs: readonly Tensor[]): Tensor[] {
  const pool = new ExpressionPool();
  for (const tensor of dependencyOrder(outputs)) pool.settle(tensor);
  return outputs.map((output) => pool.settle(output));
}

/** Tensors already simplified, found by what they compute. */
class ExpressionPool {
  readonly #settled = new Map<Tensor, Tensor>();
  readonly #byExpression = new Map<string, Tensor>();
  readonly #ids = new Map<object, number>();

  /** The one tensor that stands for `tensor`: of settled inputs, and such that no identity applies any more. */
  settle(tensor: Tensor): Tensor {
    const known = this.#settled.get(tensor);
    if (known !== undefined) return known;

    const inputs = tensor.inputs.map((input) => this.settle(input));
    const changed = inputs.some((input, i) => input !== tensor.inputs[i]);
    const result = this.#simplest(changed ? { ...tensor, inputs } : tensor);
    this.#settled.set(tensor, result);
    this.#settled.set(result, result);
    return result;
  }

  #simplest(tensor: Tensor): Tensor {
    const expression = this.#expression(tensor);
    const equal = this.#byExpression.get(expression);
    if (equal !== undefined) return equal;

    const simpler = tensor.op.simplify?.(tensor);
    const result = simpler === undefined ? tensor : this.settle(simpler);
    this.#byExpression.set(expression, result);
    return result;
  }

  /** Text that two tensors share if and only if they compute the same. */
  #expression(tensor: Tensor): string {
    if (isInput(tensor)) return `input ${this.#id(tensor)}`;
    const { op, dtype, shape, inputs, attributes } = tensor;
    const named = Object.entries(attributes).map(([name, value]) => `${name}=${this.#attribute(value)}`);
    return [this.#id(op), dtype, shape, inputs.map((input) => this.#id(input)), ...named].join("|");
  }

  /** Small arrays by their values; large ones are the same only if they are the same object. */
  #attribute(value: AttributeValue): string {
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
