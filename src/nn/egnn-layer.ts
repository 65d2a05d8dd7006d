import { add, div, maximum, mul, square, sub } from "../graph/elementwise.ts";
import { heaviside } from "../graph/heaviside.ts";
import { concat, gather, scatterAdd, slice } from "../graph/indexing.ts";
import { affine, matmul } from "../graph/matmul.ts";
import { sum } from "../graph/reductions.ts";
import { expandDims, full, squeeze } from "../graph/shaping.ts";
import type { Tensor } from "../graph/tensor.ts";
import { silu, sqrt } from "../graph/unary.ts";
import { dense, denseParameters } from "./dense.ts";
import type { Parameter, WeightTensors } from "./parameters.ts";

/** Directed edges between the atoms of a batch of molecules, laid end to end. */
export interface EdgeList {
  /** The atom that each edge comes from, and the one it goes to: int64 vectors of E. */
  readonly source: Tensor;
  readonly target: Tensor;
  /** a, what is known of each edge, E × edgeDim. */
  readonly attributes: Tensor;
}

/** Widths of one layer. */
export interface EgnnLayerSizes {
  readonly inputDim: number;
  readonly edgeDim: number;
  /** Width of the messages and of the hidden layers of all three maps. */
  readonly hidden: number;
  readonly outputDim: number;
}

/** What a layer hands on: features h (atoms × outputDim), and positions x (atoms × 3) where they were asked for. */
export interface EgnnState {
  readonly h: Tensor;
  readonly x: Tensor;
}

/** The parameters that turn features and edges into messages and messages into new features: φe and φh. */
export function featureParameters(name: string, sizes: EgnnLayerSizes): Parameter[] {
  const { inputDim, edgeDim, hidden, outputDim } = sizes;
  return [
    ...denseParameters(`${name}.edge.0`, 2 * inputDim + 1 + edgeDim, hidden),
    ...denseParameters(`${name}.edge.1`, hidden, hidden),
    ...denseParameters(`${name}.node.0`, inputDim + hidden, hidden),
    ...denseParameters(`${name}.node.1`, hidden, outputDim),
  ];
}

/** The parameters that move the positions: φx, without a bias at its end. */
export function positionParameters(name: string, { hidden }: EgnnLayerSizes): Parameter[] {
  const [weight] = denseParameters(`${name}.position.1`, hidden, 1);
  return [...denseParameters(`${name}.position.0`, hidden, hidden), weight];
}

/**
 * One E(n)-equivariant graph layer (Satorras et al. 2021, Eqs. 3–6, as in DGL's EGNNConv; method: section 9). For every
 * edge j → i with d = x_j − x_i and ρ = |d|²:
 *
 *     m_ij = φe([h_j, h_i, ρ, a_ij]) ,   x_i ← x_i + mean_j φx(m_ij) d/√ρ ,   h_i ← φh([h_i, Σ_j m_ij])
 *
 * φe: Linear–SiLU–Linear–SiLU; φh: Linear–SiLU–Linear; φx: Linear–SiLU–Linear to one number, without bias. An atom
 * without edges keeps its position; two atoms in one place push each other nowhere.
 *
 * The first maps of φe and φh are applied to each part of their input by itself: to atoms before they are gathered, bias
 * included, as there are half as many of them as edges, and no wide concatenation is made.
 * @param h - atoms × inputDim
 * @param x - atoms × 3
 * @param movesPositions - whether x is updated; nothing reads it after the last layer
 */
export function egnnLayer(
  name: string,
  weights: WeightTensors,
  { h, x }: EgnnState,
  edges: EdgeList,
  movesPositions: boolean,
): EgnnState {
  const { source, target } = edges;
  const atoms = h.shape[0];
  const difference = sub(gather(x, source), gather(x, target));
  const squared = sum(square(difference), { axes: [1] });
  const message = messages(name, weights, h, squared, edges);
  const received = scatterAdd(atoms, target, message);
  const next = updatedFeatures(name, weights, h, received);
  if (!movesPositions) return { h: next, x };

  const push = squeeze(
    matmul(silu(dense(`${name}.position.0`, weights, message)), weights[`${name}.position.1.weight`], {
      transposeB: true,
    }),
    1,
  );
  // The derivative of √ρ is infinite at 0, and infinity times the zero difference would be NaN: there the distance is 1.
  const distance = sqrt(add(squared, sub(1, heaviside(squared))));
  const pushes = scatterAdd(atoms, target, mul(difference, expandDims(div(push, distance), 1)));
  const edgeCount = scatterAdd(atoms, target, full(1, target.shape, x.dtype));
  return { h: next, x: add(x, mul(pushes, expandDims(div(1, maximum(edgeCount, 1)), 1))) };
}

/** m of every edge, E × hidden. */
function messages(name: string, weights: WeightTensors, h: Tensor, squared: Tensor, edges: EdgeList): Tensor {
  const { source, target, attributes } = edges;
  const weight = weights[`${name}.edge.0.weight`];
  const inputDim = h.shape[1];
  const columns = (start: number, count: number) => slice(weight, 1, start, start + count);
  const onAtoms = affine(h, columns(0, inputDim), weights[`${name}.edge.0.bias`], { transposeB: true });
  const onNeighbours = matmul(h, columns(inputDim, inputDim), { transposeB: true });
  const described = concat([expandDims(squared, 1), attributes], 1);
  const onEdges = matmul(described, columns(2 * inputDim, described.shape[1]), { transposeB: true });
  const first = silu(add(add(gather(onAtoms, source), gather(onNeighbours, target)), onEdges));
  return silu(dense(`${name}.edge.1`, weights, first));
}

/** φh([h, Σ m]), atoms × outputDim. */
function updatedFeatures(name: string, weights: WeightTensors, h: Tensor, received: Tensor): Tensor {
  const weight = weights[`${name}.node.0.weight`];
  const [own, others] = [slice(weight, 1, 0, h.shape[1]), slice(weight, 1, h.shape[1], weight.shape[1])];
  const product = affine(h, own, weights[`${name}.node.0.bias`], { transposeB: true });
  return dense(`${name}.node.1`, weights, silu(add(product, matmul(received, others, { transposeB: true }))));
}
