import type { FeatureTable } from "../data/multi-task-data.ts";
import { ConfigError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { type EgnnOptions, egnn } from "../nn/egnn.ts";
import { encodeMolecules } from "../nn/encode-molecules.ts";
import { encodeRows } from "../nn/encode-rows.ts";
import { type EncodedRows, moleculeRows, tableRows } from "../nn/encoded-rows.ts";
import type { Encoder } from "../nn/encoder.ts";
import type { GraphTable } from "../nn/graph-rows.ts";
import { type MlpOptions, mlp } from "../nn/mlp.ts";
import type { Parameter, Weights } from "../nn/parameters.ts";
import { standardised } from "../nn/standardised.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import { fitScaler, type Scaler } from "../stats/standardise.ts";
import { inCoordinates, inputCoordinates } from "./input-coordinates.ts";
import type { MtrnSettings } from "./options.ts";

/** What an encoder reads: a table of numbers, or molecules. */
export type EncoderInput = FeatureTable | GraphTable;

/** The kind and sizes of an encoder. */
export type Architecture = ({ readonly kind: "mlp" } & MlpOptions) | ({ readonly kind: "egnn" } & EgnnOptions);

/** An encoder's name: the multilayer perceptron for tables, the equivariant graph network for molecules. */
export type EncoderKind = Architecture["kind"];

/** Mean and scale of what the encoder reads: of the columns of a table, or of what describes an atom. */
export type InputScaler = Pick<Scaler, "mean" | "scale">;

/** Which kind of encoder reads this. */
export function encoderKind(input: EncoderInput): EncoderKind {
  return isMolecules(input) ? "egnn" : "mlp";
}

/** The encoder that these settings ask for, to read `input`. */
export function architectureFor(input: EncoderInput, { hidden, featureDim, preset }: MtrnSettings): Architecture {
  if (!isMolecules(input)) return { kind: "mlp", inputDim: input.cols, hidden, featureDim };
  const { nodeDim: inputDim, edgeDim } = input;
  return { kind: "egnn", inputDim, edgeDim, hidden, featureDim, positionRelu: preset === "paper" };
}

/** The scaler of what the encoder reads; that of the paper's EGNN changes nothing. */
export function inputScaler(input: EncoderInput, { preset }: MtrnSettings): InputScaler {
  if (!isMolecules(input)) return fitScaler(input);
  const cols = input.nodeDim;
  if (preset === "paper") return { mean: new Float64Array(cols), scale: new Float64Array(cols).fill(1) };
  return fitScaler({ rows: input.nodes.length / cols, cols, data: Float32Array.from(input.nodes) });
}

/** The rows of `input` and the encoder that reads them, for training; that of a table in these coordinates. */
export function trainingRows(
  architecture: Architecture,
  scaler: InputScaler,
  input: EncoderInput,
  coordinates?: Matrix,
): EncodedRows {
  if (architecture.kind === "egnn") return moleculeRows(egnn(architecture), molecules(input), scaler);
  return tableRows(networkOf(architecture, scaler, coordinates), table(input).data);
}

/** The features of all rows of `input`, rows × architecture.featureDim. */
export function encodeInput(
  architecture: Architecture,
  scaler: InputScaler,
  weights: Weights,
  input: EncoderInput,
  runtime: RuntimeOptions,
): Promise<Matrix> {
  if (architecture.kind === "egnn") {
    return encodeMolecules(egnn(architecture), weights, molecules(input), scaler, runtime);
  }
  return encodeRows(networkOf(architecture, scaler), weights, table(input), runtime);
}

/** The encoder of tables, in these coordinates, and the numbers it reads. Throws ConfigError for molecules. */
export function tableAndEncoder(
  architecture: Architecture,
  scaler: InputScaler,
  input: EncoderInput,
  coordinates?: Matrix,
): [encoder: Encoder, features: Float32Array] {
  if (architecture.kind !== "mlp") throw new ConfigError("heads by ridge regression need a table of numbers");
  return [networkOf(architecture, scaler, coordinates), table(input).data];
}

/**
 * The encoder of tables: it reads rows as they are in the table.
 *
 * @param coordinates From `inputCoordinates`, those that the first layer reads; by default the standardised columns.
 */
export function networkOf(architecture: MlpOptions, scaler: InputScaler, coordinates?: Matrix): Encoder {
  const encoder = mlp(architecture);
  return standardised(coordinates ? inCoordinates(encoder, coordinates) : encoder, scaler);
}

/**
 * The coordinates in which an encoder is trained when d is to be chosen, where so many latents may fill all directions of the
 * columns: one that training has not come to is not counted. With more columns than that most directions of little variance are
 * no latents, and the columns stay as they are, as they do for molecules and in the paper's training.
 */
export function trainingCoordinates(
  input: EncoderInput,
  scaler: InputScaler,
  { preset, latentDim }: Pick<MtrnSettings, "preset" | "latentDim">,
  isChosen: boolean,
): Matrix | undefined {
  if (!isChosen || preset === "paper" || isMolecules(input) || input.cols > latentDim) return undefined;
  return inputCoordinates(input, scaler);
}

/** The trainable arrays of an encoder. */
export function encoderParameters(architecture: Architecture): readonly Parameter[] {
  return (architecture.kind === "egnn" ? egnn(architecture) : mlp(architecture)).parameters;
}

/** Rows at the ends of what the encoder reads: of every column of a table, or the smallest and largest molecule. */
export function extremeRows(input: EncoderInput): Int32Array {
  if (!isMolecules(input)) return extremesOf(input);
  const { rows, atomStart } = input;
  return extremesOf({
    rows,
    cols: 1,
    data: Float32Array.from({ length: rows }, (_, i) => atomStart[i + 1] - atomStart[i]),
  });
}

function isMolecules(input: EncoderInput): input is GraphTable {
  return "atomStart" in input;
}

function molecules(input: EncoderInput): GraphTable {
  if (!isMolecules(input)) throw new ConfigError("this model reads molecules, not a table of numbers");
  return input;
}

function table(input: EncoderInput): FeatureTable {
  if (isMolecules(input)) throw new ConfigError("this model reads a table of numbers, not molecules");
  return input;
}

/** For every column a row with its smallest value and a row with its largest. */
function extremesOf({ rows, cols, data }: FeatureTable): Int32Array {
  const lowest = new Int32Array(cols);
  const highest = new Int32Array(cols);
  for (let i = 1; i < rows; i++) {
    for (let j = 0; j < cols; j++) {
      const value = data[i * cols + j];
      if (value < data[lowest[j] * cols + j]) lowest[j] = i;
      if (value > data[highest[j] * cols + j]) highest[j] = i;
    }
  }
  return Int32Array.of(...lowest, ...highest);
}
