import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { applyCentredMap } from "../dist/linalg/centred-map.js";
import { symmetricEigen } from "../dist/linalg/symmetric-eigen.js";
import { openTables, readMultiTaskData, selectColumns } from "../dist/node/index.js";
import { covarianceOf } from "../dist/stats/covariance.js";
import { applyScaler, fitScaler } from "../dist/stats/standardise.js";

/**
 * The superconductivity tables with the first principal components of the standardised composition as representation;
 * undefined where the tables are not there (the folder of data is ../shared/data, or what TASKPRISM_DATA names).
 */
export async function superconductivity(components) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const folder = resolve(root, process.env.TASKPRISM_DATA ?? "../shared/data", "superconductivity");
  const paths = ["unique_m.csv.gz", "train.csv.gz"].map((file) => resolve(folder, file));
  if (!paths.every(existsSync)) return undefined;
  const tables = await openTables(paths);
  try {
    const selection = await selectColumns(tables, {
      features: ["unique_m.*"],
      targets: ["train.*"],
      drop: ["unique_m.critical_temp", "unique_m.material", "train.number_of_elements"],
    });
    const { features, targets } = (await readMultiTaskData(tables, selection)).data;
    return { representation: principalComponents(features, components), targets };
  } finally {
    tables.close();
  }
}

function principalComponents(features, count) {
  const standard = applyScaler(fitScaler(features), { ...features, data: Float64Array.from(features.data) });
  const { mean, covariance } = covarianceOf(standard);
  const { values, vectors } = symmetricEigen(covariance);
  const largest = [...values.keys()].sort((i, j) => values[j] - values[i]).slice(0, count);
  const map = { rows: count, cols: mean.length, data: new Float64Array(count * mean.length) };
  largest.forEach((from, k) => {
    for (let i = 0; i < mean.length; i++) map.data[k * mean.length + i] = vectors.data[i * vectors.cols + from];
  });
  return applyCentredMap({ map, mean }, standard);
}
