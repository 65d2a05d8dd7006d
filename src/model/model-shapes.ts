import { DataError } from "../errors.ts";
import { sizeOf } from "../graph/shape.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { type Mtrn, mtrnParameters } from "../mtrn/mtrn.ts";
import type { FittedModel } from "./fitted-model.ts";

/** Checks that the arrays of a model read from a file fit together. Throws DataError naming the first that does not. */
export function checkShapes(model: FittedModel, source: string): void {
  const { mtlcm, mtrn, taskNames, featureNames, certificate, moments } = model;
  const fail = (name: string, found: string, expected: string): never => {
    throw new DataError(`'${name}' is ${found} where ${expected} is expected`, { source });
  };
  const vector = (name: string, { length }: ArrayLike<unknown>, expected: number) => {
    if (length !== expected) fail(name, `${length} long`, String(expected));
  };
  const table = (name: string, { rows, cols }: Matrix, expectedRows: number, expectedCols: number) => {
    if (rows !== expectedRows || cols !== expectedCols) {
      fail(name, `${rows} × ${cols}`, `${expectedRows} × ${expectedCols}`);
    }
  };

  const tasks = taskNames.length;
  const d = mtlcm.unmixing.rows;
  table("mtlcm.unmixing", mtlcm.unmixing, d, mtlcm.mean.length);
  vector("mtlcm.explained", mtlcm.explained, d);
  for (const name of ["residualVariance", "pCause", "pEffect", "effect", "effectSe", "weight", "weightSe"] as const) {
    table(`mtlcm.${name}`, mtlcm[name], tasks, d);
  }
  vector("certificate.latents", certificate.latents, d);
  for (const name of ["count", "meanY", "varY"] as const) vector(`moments.${name}`, moments[name], tasks);
  for (const name of ["meanH", "covHY"] as const) table(`moments.${name}`, moments[name], tasks, d);
  table("moments.covH", moments.covH, tasks, d * d);
  const { atomReferences } = model;
  if (atomReferences) {
    const { elements, coefficients } = atomReferences;
    table("atomReferences.coefficients", coefficients, tasks - model.adaptations.length, 1 + elements.length);
  }
  if (mtrn === null && featureNames.length > 0) vector("featureNames", featureNames, mtlcm.mean.length);
  if (mtrn !== null) checkMtrn(mtrn, tasks, featureNames.length, mtlcm.mean.length, vector, table);
}

function checkMtrn(
  { architecture, weights, featureScaler, targetScaling, projection, headVariance }: Mtrn,
  tasks: number,
  features: number,
  representationDim: number,
  vector: (name: string, array: ArrayLike<unknown>, expected: number) => void,
  table: (name: string, matrix: Matrix, rows: number, cols: number) => void,
): void {
  const { inputDim, featureDim } = architecture;
  vector("featureNames", { length: features }, inputDim);
  vector("mtrn.featureScaler.mean", featureScaler.mean, inputDim);
  vector("mtrn.featureScaler.scale", featureScaler.scale, inputDim);
  vector("mtrn.targetScaling.mean", targetScaling.mean, tasks);
  vector("mtrn.targetScaling.scale", targetScaling.scale, tasks);
  vector("mtrn.headVariance", headVariance, tasks);
  vector("mtrn.projection.mean", projection.mean, featureDim);
  table("mtrn.projection.map", projection.map, representationDim, featureDim);
  for (const { name, shape } of mtrnParameters(architecture, tasks)) {
    vector(`mtrn.weights.${name}`, weights[name] ?? [], sizeOf(shape));
  }
}
