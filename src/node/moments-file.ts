import { DataError, ShapeError } from "../errors.ts";
import { matrix } from "../linalg/matrix.ts";
import type { Tensor } from "../model/safetensors.ts";
import { decodeFormat, encodeFormat, type FileFormat } from "../model/safetensors-format.ts";
import type { Moments } from "../stats/moments.ts";
import { writeFileAtomically } from "./atomic-write.ts";
import { readInputFile } from "./input-file.ts";

/** Moments of groups of rows, kept apart from the rows. */
export const momentsFormat: FileFormat = { format: "taskprism-moments", version: 1, noun: "a file of moments" };

/** Moments of disjoint groups of rows, as a file holds them. */
export interface SavedMoments {
  readonly groups: readonly Moments[];
  /** Whatever else was to be remembered: where the rows came from, what the columns of h are called. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Writes moments of groups of rows to a safetensors file, doubles with the groups as the first dimension: `count`,
 * `meanY`, `varY` (groups × T), `meanH`, `covHY` (groups × T × d), `covH` (groups × T × d × d) and, over all rows,
 * `pooled.count`, `pooled.mean`, `pooled.covariance`; the names of the tasks are metadata.
 *
 * @throws ShapeError when the groups differ in tasks or width; FileError when the file cannot be written.
 */
export async function writeMoments(path: string, { groups, metadata }: SavedMoments): Promise<void> {
  const [first] = groups;
  if (first === undefined) throw new ShapeError("writeMoments: at least one group is needed");
  const shapes = momentShapes(groups.length, first.taskNames.length, first.dim);
  const tensors = Object.entries(fields).map(([name, field]) => {
    const shape = shapes[name] as number[];
    return [name, { dtype: "F64", shape, data: join(groups.map(field)) } satisfies Tensor] as const;
  });
  const taskNames = JSON.stringify(first.taskNames);
  if (groups.some((group) => JSON.stringify(group.taskNames) !== taskNames)) {
    throw new ShapeError("writeMoments: the groups have different tasks");
  }
  await writeFileAtomically(
    path,
    encodeFormat(momentsFormat, { tensors: Object.fromEntries(tensors), metadata: { ...metadata, taskNames } }),
  );
}

/** The moments in a file that `writeMoments` wrote. Throws DataError when it is missing, damaged or another file. */
export async function readMoments(path: string): Promise<SavedMoments> {
  const { tensors, metadata } = decodeFormat(momentsFormat, await readInputFile(path), path);
  const { taskNames: names = "", ...rest } = metadata;
  const taskNames = parseNames(names, path);
  const [groupCount = 0, , dim = 0] = tensors.meanH?.shape ?? [];
  const shapes = momentShapes(groupCount, taskNames.length, dim);
  const group = (g: number) => (name: keyof typeof fields) => {
    const tensor = tensors[name];
    const shape = shapes[name] as number[];
    if (tensor?.dtype !== "F64" || tensor.shape.join() !== shape.join()) {
      throw new DataError(`damaged: '${name}' should be doubles of ${shape.join(" × ")}`, { source: path });
    }
    const length = tensor.data.length / groupCount;
    return tensor.data.subarray(g * length, (g + 1) * length);
  };
  return { groups: Array.from({ length: groupCount }, (_, g) => momentsOf(taskNames, dim, group(g))), metadata: rest };
}

/** The numbers of each tensor of the file, as they lie in the moments of one group. */
const fields: Readonly<Record<string, (moments: Moments) => Float64Array>> = {
  count: ({ count }) => count,
  meanH: ({ meanH }) => meanH.data,
  meanY: ({ meanY }) => meanY,
  covH: ({ covH }) => covH.data,
  covHY: ({ covHY }) => covHY.data,
  varY: ({ varY }) => varY,
  "pooled.count": ({ pooled }) => Float64Array.of(pooled.count),
  "pooled.mean": ({ pooled }) => pooled.mean,
  "pooled.covariance": ({ pooled }) => pooled.covariance.data,
};

function momentShapes(groups: number, tasks: number, d: number): Readonly<Record<string, number[]>> {
  return {
    count: [groups, tasks],
    meanH: [groups, tasks, d],
    meanY: [groups, tasks],
    covH: [groups, tasks, d, d],
    covHY: [groups, tasks, d],
    varY: [groups, tasks],
    "pooled.count": [groups],
    "pooled.mean": [groups, d],
    "pooled.covariance": [groups, d, d],
  };
}

function momentsOf(taskNames: readonly string[], d: number, field: (name: string) => Float64Array): Moments {
  const tasks = taskNames.length;
  return {
    dim: d,
    taskNames,
    count: field("count"),
    meanH: matrix(tasks, d, field("meanH")),
    meanY: field("meanY"),
    covH: matrix(tasks, d * d, field("covH")),
    covHY: matrix(tasks, d, field("covHY")),
    varY: field("varY"),
    pooled: {
      count: field("pooled.count")[0] as number,
      mean: field("pooled.mean"),
      covariance: matrix(d, d, field("pooled.covariance")),
    },
  };
}

function parseNames(text: string, source: string): string[] {
  try {
    const names: unknown = JSON.parse(text);
    if (Array.isArray(names) && names.every((name) => typeof name === "string")) return names;
  } catch (cause) {
    throw new DataError("damaged: the names of the tasks are not JSON", { source }, { cause });
  }
  throw new DataError("damaged: the names of the tasks are not a list of texts", { source });
}

function join(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
