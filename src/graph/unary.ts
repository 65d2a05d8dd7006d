import { ShapeError } from "../errors.ts";
import { add, div, mul, square, sub } from "./elementwise.ts";
import { heaviside } from "./heaviside.ts";
import { type Emitter, type Operation, onnxNode } from "./operation.ts";
import { apply, type DType, describe, isFloat, type Tensor } from "./tensor.ts";

/** −x. */
export function neg(x: Tensor): Tensor {
  return apply(negOp, [x], x.dtype, x.shape, {});
}

/** |x|; gradient 0 at 0. */
export function abs(x: Tensor): Tensor {
  return apply(absOp, [x], x.dtype, x.shape, {});
}

/** −1, 0 or 1 by the sign of x; no gradient flows. */
export function sign(x: Tensor): Tensor {
  return apply(signOp, [x], x.dtype, x.shape, {});
}

/** e^x. Throws ShapeError for a tensor that is not of floats. */
export function exp(x: Tensor): Tensor {
  return unary(expOp, x);
}

/** Natural logarithm. Throws ShapeError for a tensor that is not of floats. */
export function log(x: Tensor): Tensor {
  return unary(logOp, x);
}

/** √x. Throws ShapeError for a tensor that is not of floats. */
export function sqrt(x: Tensor): Tensor {
  return unary(sqrtOp, x);
}

/** 1/x. Throws ShapeError for a tensor that is not of floats. */
export function reciprocal(x: Tensor): Tensor {
  return unary(reciprocalOp, x);
}

/** sin x. Throws ShapeError for a tensor that is not of floats. */
export function sin(x: Tensor): Tensor {
  return unary(sinOp, x);
}

/** cos x. Throws ShapeError for a tensor that is not of floats. */
export function cos(x: Tensor): Tensor {
  return unary(cosOp, x);
}

/** Hyperbolic tangent. Throws ShapeError for a tensor that is not of floats. */
export function tanh(x: Tensor): Tensor {
  return unary(tanhOp, x);
}

/** 1/(1 + e^−x). Throws ShapeError for a tensor that is not of floats. */
export function sigmoid(x: Tensor): Tensor {
  return unary(sigmoidOp, x);
}

/** max(x, 0); gradient 0 at 0. Throws ShapeError for a tensor that is not of floats. */
export function relu(x: Tensor): Tensor {
  return unary(reluOp, x);
}

/** x where x > 0, slope · x elsewhere; gradient slope at 0. Throws ShapeError for a tensor that is not of floats. */
export function leakyRelu(x: Tensor, slope: number): Tensor {
  if (!isFloat(x.dtype)) throw new ShapeError(`leakyRelu: ${describe(x)} is not of floats`);
  return apply(leakyReluOp, [x], x.dtype, x.shape, { slope });
}

/** log(1 + e^x) without overflow: max(x, 0) + log(1 + e^−|x|). Throws ShapeError for a tensor that is not of floats. */
export function softplus(x: Tensor): Tensor {
  return unary(softplusOp, x);
}

/** x · sigmoid(x), also called swish. Throws ShapeError for a tensor that is not of floats. */
export function silu(x: Tensor): Tensor {
  return apply(siluOp, [x, sigmoid(x)], x.dtype, x.shape, {});
}

function unary(op: Operation, x: Tensor): Tensor {
  if (!isFloat(x.dtype)) throw new ShapeError(`${op.name}: ${describe(x)} is not of floats`);
  return apply(op, [x], x.dtype, x.shape, {});
}

const negOp = unaryOp("neg", "Neg", (_x, _y, g) => neg(g), {
  simplify: ({ inputs: [x] }) => (x.op === negOp ? x.inputs[0] : undefined),
});

const absOp = unaryOp("abs", "Abs", (x, _y, g) => mul(g, sign(x)));
const signOp: Operation = { name: "sign", emit: onnxNode("Sign") };
const expOp = unaryOp("exp", "Exp", (_x, y, g) => mul(g, y));
const logOp = unaryOp("log", "Log", (x, _y, g) => div(g, x));
const sqrtOp = unaryOp("sqrt", "Sqrt", (_x, y, g) => div(mul(g, 0.5), y));
const reciprocalOp = unaryOp("reciprocal", "Reciprocal", (_x, y, g) => neg(mul(g, square(y))));
const sinOp = unaryOp("sin", "Sin", (x, _y, g) => mul(g, cos(x)));
const cosOp = unaryOp("cos", "Cos", (x, _y, g) => neg(mul(g, sin(x))));
const tanhOp = unaryOp("tanh", "Tanh", (_x, y, g) => mul(g, sub(1, square(y))));
const sigmoidOp = unaryOp("sigmoid", "Sigmoid", (_x, y, g) => mul(g, mul(y, sub(1, y))));
const reluOp = unaryOp("relu", "Relu", (_x, y, g) => mul(g, heaviside(y)));

const leakyReluOp: Operation<{ readonly slope: number }> = {
  name: "leakyRelu",
  // By the sign of y, which is that of x: where x is needed no more, the runtime makes one operation of x and y.
  gradient: (y, g) => {
    const { slope } = y.attributes;
    return [mul(g, heaviside(slope > 0 ? y : y.inputs[0], slope))];
  },
  emit: ({ dtype, attributes: { slope } }, [x], emitter) =>
    dtype === "float32"
      ? emitter.node("LeakyRelu", [x], { alpha: { float: slope } })
      : composedLeakyRelu(x, slope, emitter, dtype),
};

/** ONNX keeps the slope in float32, too coarse for float64: max(x, 0) + slope · min(x, 0). */
function composedLeakyRelu(x: string, slope: number, emitter: Emitter, dtype: DType): string {
  const negative = emitter.node("Min", [x, emitter.scalar(dtype, 0)]);
  return emitter.node("Add", [
    emitter.node("Relu", [x]),
    emitter.node("Mul", [negative, emitter.scalar(dtype, slope)]),
  ]);
}

const softplusOp = unaryOp("softplus", "Softplus", (x, _y, g) => mul(g, sigmoid(x)), {
  emit: ({ dtype }, [x], emitter) =>
    dtype === "float32" ? emitter.node("Softplus", [x]) : composedSoftplus(x, emitter, dtype),
});

/** ONNX Runtime has no Softplus for float64. */
function composedSoftplus(x: string, emitter: Emitter, dtype: DType): string {
  const decay = emitter.node("Exp", [emitter.node("Neg", [emitter.node("Abs", [x])])]);
  const tail = emitter.node("Log", [emitter.node("Add", [decay, emitter.scalar(dtype, 1)])]);
  return emitter.node("Add", [emitter.node("Relu", [x]), tail]);
}

/** Of x and its sigmoid s, which the derivative s (1 + x − y) needs as well; all of it is given to x. */
const siluOp: Operation = {
  name: "silu",
  gradient: (y, g) => {
    const [x, s] = y.inputs;
    return [mul(g, mul(s, add(sub(x, y), 1))), undefined];
  },
  emit: ({ dtype }, [x, s], emitter) =>
    dtype === "float32" ? emitter.node("Mul", [x, s]) : composedSilu(x, emitter, dtype),
};

/** ONNX Runtime turns x · sigmoid(x) into one operation that it does not have for float64, so here it is x / (1 + e^−x). */
function composedSilu(x: string, emitter: Emitter, dtype: DType): string {
  const decay = emitter.node("Exp", [emitter.node("Neg", [x])]);
  return emitter.node("Div", [x, emitter.node("Add", [decay, emitter.scalar(dtype, 1)])]);
}

type UnaryGradient = (x: Tensor, y: Tensor, upstream: Tensor) => Tensor;

/** An operation y = f(x) that ONNX calls `type`, unless `rules` say otherwise. */
function unaryOp(name: string, type: string, gradient: UnaryGradient, rules: Partial<Operation> = {}): Operation {
  return {
    name,
    gradient: (y, g) => [gradient(y.inputs[0], y, g)],
    emit: onnxNode(type),
    ...rules,
  };
}
