import { gather } from "../graph/indexing.ts";
import { input, type Tensor } from "../graph/tensor.ts";
import type { GraphEncoder } from "./egnn.ts";
import type { Encoder } from "./encoder.ts";
import { fedGraphs, type GraphTable, graphFeatures, type NodeScaler } from "./graph-rows.ts";
import type { FloatArray, FloatType, Parameter, WeightTensors } from "./parameters.ts";
import type { Objective } from "./training-session.ts";

/** The rows of a data set and the encoder that reads them, whatever a row is. */
export interface EncodedRows extends Pick<Objective, "data" | "fed"> {
  readonly rowTotal: number;
  readonly featureDim: number;
  readonly parameters: readonly Parameter[];
  /** The features of the rows named by an int64 vector, or described by what is fed; batch × featureDim. */
  encode(weights: WeightTensors, rows: Tensor, fed: Readonly<Record<string, Tensor>>): Tensor;
}

/** Rows of numbers: held by the runtime and gathered inside the graph. `features` is rows × encoder.inputDim. */
export function tableRows(encoder: Encoder, features: FloatArray, dtype: FloatType = "float32"): EncodedRows {
  const { inputDim, featureDim, parameters } = encoder;
  const rowTotal = features.length / inputDim;
  const x = input("features", dtype, [rowTotal, inputDim]);
  return {
    rowTotal,
    featureDim,
    parameters,
    data: { features: { tensor: x, values: features } },
    encode: (weights, rows) => encoder.encode(weights, gather(x, rows)),
  };
}

/** Molecules: laid end to end and fed batch by batch, since no two batches have the same atoms. */
export function moleculeRows(
  encoder: GraphEncoder,
  table: GraphTable,
  scaler: NodeScaler,
  dtype: FloatType = "float32",
): EncodedRows {
  const { featureDim, parameters } = encoder;
  return {
    rowTotal: table.rows,
    featureDim,
    parameters,
    data: {},
    fed: (size, batches) => fedGraphs(table, scaler, size, batches, dtype),
    encode: (weights, rows, fed) => graphFeatures(encoder, weights, fed, rows.shape[0]),
  };
}
