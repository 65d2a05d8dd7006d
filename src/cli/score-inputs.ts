import { access } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError, DataError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { matrix } from "../linalg/matrix.ts";
import { locate, openRun, readLabels, readMatrix, readNumericTable } from "../node/index.ts";
import { isFolder } from "./load-model.ts";
import { readLatents } from "./read-latents.ts";
import type { ScoreFlags } from "./score.ts";

/** Everything that a score is computed from, checked to fit together. */
export interface ScoreInputs {
  readonly latents: Matrix;
  readonly truth: Matrix;
  readonly raw?: Matrix;
  readonly task?: Int32Array;
  /** Tasks × latents, and tasks × true latents. */
  readonly causes?: { readonly probability: Matrix; readonly truth: Matrix };
}

/** Where the parts of the truth lie. */
type TruthFiles = Pick<ScoreFlags, "task" | "raw" | "trueCauses"> & { readonly latents: string };

/** Reads latents, truth and what goes with them. Throws DataError for files of different rows, tasks or latents. */
export async function readScoreInputs(latentsPath: string, truthPath: string, flags: ScoreFlags): Promise<ScoreInputs> {
  const files: TruthFiles = { ...(await truthFiles(truthPath)), ...flagsGiven(flags) };
  const truth = await readLatents(files.latents);
  const sameRows = async (path: string, read = readLatents) => {
    const found = await read(path);
    if (found.rows !== truth.rows) {
      throw new DataError(`${found.rows} rows, but ${truth.rows} in ${files.latents}`, { source: path });
    }
    return found;
  };
  const latents = await sameRows(latentsPath);
  const task = files.task === undefined ? undefined : (await readLabels(files.task)).task;
  if (task !== undefined && task.length !== truth.rows) {
    throw new DataError(`${task.length} rows, but ${truth.rows} in ${files.latents}`, { source: files.task as string });
  }
  const causes = await readCauses(latentsPath, latents, truth, files.trueCauses, flags.causes);
  return {
    latents,
    truth,
    ...(files.raw !== undefined && { raw: await sameRows(files.raw, readMatrix) }),
    ...(task && { task }),
    ...(causes && { causes }),
  };
}

/** The files of a folder that `taskprism generate` made, or the one file. */
async function truthFiles(path: string): Promise<TruthFiles> {
  const latents = join(path, "truth", "latents.npy");
  if (!(await isFolder(path)) || !(await exists(latents))) return { latents: path };
  const inputs = ["representation.npy", "features.npy"].map((name) => join(path, name));
  const raw = (await exists(inputs[0] as string)) ? inputs[0] : inputs[1];
  return {
    latents,
    task: join(path, "task.npy"),
    trueCauses: join(path, "truth", "causal.npy"),
    ...(raw !== undefined && { raw }),
  };
}

function flagsGiven({ task, raw, trueCauses }: ScoreFlags): Partial<TruthFiles> {
  return { ...(task && { task }), ...(raw && { raw }), ...(trueCauses && { trueCauses }) };
}

async function readCauses(
  latentsPath: string,
  latents: Matrix,
  truth: Matrix,
  trueCauses: string | undefined,
  causes: string | undefined,
): Promise<ScoreInputs["causes"]> {
  if (trueCauses === undefined) {
    if (causes !== undefined) throw new ConfigError("--causes needs --true-causes to be scored against");
    return undefined;
  }
  // Latents from elsewhere and those of baselines come without causes, which is no mistake.
  const hasCauses = (await isFolder(latentsPath)) && (await exists(locate(await openRun(latentsPath), "indicators")));
  if (causes === undefined && !hasCauses) return undefined;
  const source = causes ?? latentsPath;
  const probability = causes === undefined ? await causesOfRun(latentsPath, latents.cols) : await readMatrix(causes);
  const known = await readMatrix(trueCauses);
  if (known.cols !== truth.cols) {
    throw new DataError(`${known.cols} columns, but ${truth.cols} true latents`, { source: trueCauses });
  }
  if (probability.cols !== latents.cols) {
    throw new DataError(`${probability.cols} columns, but ${latents.cols} latents`, { source });
  }
  if (probability.rows !== known.rows) {
    throw new DataError(`${probability.rows} tasks, but ${known.rows} in ${trueCauses}`, { source });
  }
  return { probability, truth: known };
}

/** The probabilities of causes that a run left, tasks × latents, tasks in the order of the data. */
async function causesOfRun(path: string, latents: number): Promise<Matrix> {
  const source = locate(await openRun(path), "indicators");
  const { rows, cols, data, columnNames } = await readNumericTable(source);
  const j = columnNames.indexOf("p_cause");
  if (j < 0) throw new DataError("has no column p_cause", { source });
  const values = Float64Array.from({ length: rows }, (_, i) => data[i * cols + j] ?? Number.NaN);
  return matrix(rows / latents, latents, values);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
