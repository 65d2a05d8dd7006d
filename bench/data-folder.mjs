import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeNpy, encodeNpy } from "../dist/node/index.js";

/**
 * What `use` makes of a temporary folder that holds the arrays as .npy files, as the peers read them; the folder is
 * deleted afterwards.
 *
 * @param arrays By name: vectors (Float64Array, Int32Array) or matrices.
 */
export async function withDataFolder(arrays, use) {
  const folder = await mkdtemp(join(tmpdir(), "taskprism-bench-"));
  try {
    for (const [name, array] of Object.entries(arrays)) await writeFile(join(folder, `${name}.npy`), npy(array));
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function npy(array) {
  if (ArrayBuffer.isView(array)) return encodeNpy([array.length], Float64Array.from(array));
  return encodeNpy([array.rows, array.cols], Float64Array.from(array.data));
}

/** A linear data set of test/golden with the scores that the original code reached on it: `{ folder, case, published }`. */
export async function goldenCase(name) {
  const folder = new URL(`../test/golden/${name}/`, import.meta.url);
  const bytes = async (file) => readFile(new URL(file, folder));
  const array = async (file) => decodeNpy(await bytes(`${file}.npy`), file);
  const matrixOf = async (file) => {
    const { shape, data } = await array(file);
    return { rows: shape[0], cols: shape[1], data };
  };
  const task = Int32Array.from((await array("task")).data);
  const taskNames = Array.from({ length: 1 + task.reduce((a, b) => Math.max(a, b)) }, (_, t) => `task${t}`);
  return {
    representation: await matrixOf("representation"),
    targets: { layout: "long", values: (await array("target")).data, task, taskNames },
    latents: await matrixOf("latents"),
    published: JSON.parse((await bytes("README.json")).toString()).original_code,
  };
}
