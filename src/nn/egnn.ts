import { scatterAdd } from "../graph/indexing.ts";
import type { Tensor } from "../graph/tensor.ts";
import { relu } from "../graph/unary.ts";
import { type EdgeList, type EgnnLayerSizes, egnnLayer, featureParameters, positionParameters } from "./egnn-layer.ts";
import type { Parameter, WeightTensors } from "./parameters.ts";

/** Sizes of an EGNN. */
export interface EgnnOptions {
  /** Numbers that describe an atom. */
  readonly inputDim: number;
  /** Numbers that describe an edge, beside its length. */
  readonly edgeDim: number;
  /** Width of each layer: as many layers as numbers, at least one. */
  readonly hidden: readonly number[];
  readonly featureDim: number;
  /** Apply ReLU to the positions between layers, as the paper's code does. The features then change under rotation. */
  readonly positionRelu: boolean;
}

/** A batch of molecules as one graph: their atoms end to end, and which molecule each atom belongs to. */
export interface GraphBatch extends EdgeList {
  /** Atoms × inputDim. */
  readonly nodes: Tensor;
  /** Atoms × 3. */
  readonly positions: Tensor;
  /** The molecule of each atom, an int64 vector. */
  readonly graph: Tensor;
  readonly graphCount: number;
}

/** A differentiable map from molecules to `featureDim` features. */
export interface GraphEncoder {
  readonly inputDim: number;
  readonly edgeDim: number;
  readonly featureDim: number;
  readonly parameters: readonly Parameter[];
  /** h of every molecule of a batch, graphCount × featureDim. */
  encode(weights: WeightTensors, batch: GraphBatch): Tensor;
}

/**
 * An E(3)-invariant encoder of molecules: EGNN layers with ReLU on the features between them, and at the end the sum over
 * the atoms (method: section 9). Its features do not change when a molecule is rotated, reflected or moved, or when its
 * atoms or edges are listed in another order. Layers are named `encoder.0`, …
 */
export function egnn({ inputDim, edgeDim, hidden, featureDim, positionRelu }: EgnnOptions): GraphEncoder {
  const last = hidden.length - 1;
  const layers = hidden.map((width, i) => {
    const inputs = i === 0 ? inputDim : hidden[i - 1];
    const sizes: EgnnLayerSizes = {
      inputDim: inputs,
      edgeDim,
      hidden: width,
      outputDim: i < last ? width : featureDim,
    };
    return { name: `encoder.${i}`, sizes, isLast: i === last };
  });
  return {
    inputDim,
    edgeDim,
    featureDim,
    parameters: layers.flatMap(({ name, sizes, isLast }) => [
      ...featureParameters(name, sizes),
      ...(isLast ? [] : positionParameters(name, sizes)),
    ]),
    encode: (weights, { nodes, positions, graph, graphCount, ...edges }) => {
      const { h } = layers.reduce(
        (state, { name, isLast }) => {
          const next = egnnLayer(name, weights, state, edges, !isLast);
          return isLast ? next : { h: relu(next.h), x: positionRelu ? relu(next.x) : next.x };
        },
        { h: nodes, x: positions },
      );
      return scatterAdd(graphCount, graph, h);
    },
  };
}
