import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../errors.ts";
import { matrix } from "../linalg/matrix.ts";
import { readMatrix } from "./matrix-file.ts";
import {
  appendStep,
  locate,
  readCertificate,
  readCheckpoint,
  readConfig,
  readMetrics,
  readModel,
  readSteps,
  readUnmixing,
  writeCertificate,
  writeCheckpoint,
  writeIndicators,
  writeLatents,
  writeModel,
  writeReport,
  writeUnmixing,
} from "./run-files.ts";
import { abandonRun, createRun, finishRun, openRun, type RunFolder } from "./run-folder.ts";

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "run-folder-"));
  path = join(folder, "runs", "first");
});
afterEach(() => rmSync(folder, { recursive: true }));

const refused = (message: string, source = path) => new DataError(message, { source });

/** Everything in a run's folder. */
const contents = (run: RunFolder) => readdirSync(run.folder).sort();

/** A finished run at `path` whose model is one byte. */
async function finished(model: number): Promise<RunFolder> {
  const run = await createRun(path, { model }, { force: true });
  await writeModel(run, Uint8Array.of(model));
  return finishRun(run, { model });
}

describe("a run", () => {
  it("keeps every one of its files as it was written", async () => {
    const run = await createRun(path, { latentDim: 3, encoder: { hidden: [64, 64] }, seed: 0 });
    await appendStep(run, { step: 1, loss: 0.5 });
    await appendStep(run, { step: 2, loss: NaN });
    await writeCheckpoint(run, Uint8Array.of(1));
    expect(await readCheckpoint(await openRun(path, { interrupted: true }))).toEqual(Buffer.from([1]));
    await writeModel(run, Uint8Array.of(1, 2));
    await writeLatents(run, [{ name: "z1", values: Float64Array.of(0.5, -1) }]);
    await writeIndicators(run, [
      { name: "task", values: ["Tc"] },
      { name: "p_cause", values: Float64Array.of(0.9) },
    ]);
    await writeCertificate(run, { fitRatio: 1.5, predictedMcc: Float64Array.of(1, NaN) });
    await writeUnmixing(run, matrix(1, 1, Float64Array.of(2)), matrix(2, 1, Float64Array.of(0.5, -1)));
    await writeReport(run, "<!doctype html>");
    await finishRun(run, { mcc: 0.9 });

    const opened = await openRun(path);
    expect(await readConfig(opened)).toEqual({ latentDim: 3, encoder: { hidden: [64, 64] }, seed: 0 });
    expect(await readSteps(opened)).toEqual([
      { step: 1, loss: 0.5 },
      { step: 2, loss: null },
    ]);
    expect(await readModel(opened)).toEqual(Buffer.from([1, 2]));
    expect(await readCertificate(opened)).toEqual({ fitRatio: 1.5, predictedMcc: [1, null] });
    expect(await readMetrics(opened)).toEqual({ mcc: 0.9 });
    expect(await readUnmixing(opened)).toEqual(matrix(1, 1, Float64Array.of(2)));
    expect((await readMatrix(locate(opened, "latentMatrix"))).data).toEqual(Float64Array.of(0.5, -1));
    expect(await readMatrix(locate(opened, "latents"))).toMatchObject({ columnNames: ["z1"], rows: 2 });
    expect(readFileSync(locate(opened, "indicators"), "utf8")).toBe("task,p_cause\nTc,0.9\n");
    expect(contents(opened)).toEqual([
      "certificate.json",
      "config.yaml",
      "indicators.csv",
      "latents.npy",
      "latents.parquet",
      "metrics.json",
      "model.safetensors",
      "report.html",
      "steps.jsonl",
      "unmixing.npy",
    ]);
  });

  it("starts in a folder that is not there, or is empty, and in no other", async () => {
    mkdirSync(path, { recursive: true });
    await createRun(path, {});
    await expect(createRun(path, {})).rejects.toThrow(
      new ConfigError(`${path}: the folder is not empty: choose another one, or force it`),
    );
    writeFileSync(join(folder, "file"), "");
    await expect(createRun(join(folder, "file"), {})).rejects.toThrow(
      refused("is a file, not a folder", join(folder, "file")),
    );
  });

  it("never replaces a folder that holds no run", async () => {
    writeFileSync(join(folder, "thesis.tex"), "");
    await expect(createRun(folder, {}, { force: true })).rejects.toThrow(
      new ConfigError(`${folder}: the folder is not empty and holds no run, so it is not replaced`),
    );
    expect(readdirSync(folder)).toEqual(["thesis.tex"]);
  });

  it("leaves the older run untouched until the one that replaces it is finished", async () => {
    await finished(1);
    const second = await createRun(path, { model: 2 }, { force: true });
    await writeModel(second, Uint8Array.of(2));
    await appendStep(second, { step: 1 });
    expect(await readModel(await openRun(path))).toEqual(Buffer.from([1]));
    const replaced = await finishRun(second, {});
    expect(replaced).toEqual({ path, folder: path });
    expect(await readModel(await openRun(path))).toEqual(Buffer.from([2]));
    expect(contents(replaced)).toEqual(["config.yaml", "metrics.json", "model.safetensors", "steps.jsonl"]);
    expect(readdirSync(join(folder, "runs"))).toEqual(["first"]);
  });

  it("leaves the older run, and nothing else, when the one that was to replace it is abandoned", async () => {
    await finished(1);
    const second = await createRun(path, {}, { force: true });
    await abandonRun(second);
    expect(await readModel(await openRun(path))).toEqual(Buffer.from([1]));
    expect(readdirSync(join(folder, "runs"))).toEqual(["first"]);
    await abandonRun(await openRun(path));
    expect(readdirSync(join(folder, "runs"))).toEqual(["first"]);
  });
});

describe("openRun", () => {
  it("says why a folder is no finished run", async () => {
    await finished(1);
    const misspelt = join(folder, "runs", "frist");
    await expect(openRun(misspelt)).rejects.toThrow(refused("no such run; did you mean 'first'?", misspelt));
    await expect(openRun(folder)).rejects.toThrow(refused("not a run: the folder holds no config.yaml", folder));
    const model = join(path, "model.safetensors");
    await expect(openRun(model)).rejects.toThrow(refused("is a file, not a folder", model));
    const other = join(folder, "other");
    const run = await createRun(other, {});
    await expect(openRun(other)).rejects.toThrow(refused("the run was interrupted: it left no checkpoint", other));
    await writeCheckpoint(run, Uint8Array.of(1));
    await expect(openRun(other)).rejects.toThrow(
      refused("the run was interrupted: only a checkpoint of it is there", other),
    );
  });

  it("says which file is damaged, and where", async () => {
    const run = await finished(1);
    const metrics = locate(run, "metrics");
    writeFileSync(metrics, '{"mcc": 0.');
    await expect(readMetrics(run)).rejects.toThrow(/^.*metrics\.json: is damaged: [^\n]+$/);
    const config = locate(run, "config");
    writeFileSync(config, "a: [1, 2\nb: 3\n");
    await expect(readConfig(run)).rejects.toThrow(/^.*config\.yaml: is damaged: [^\n]+ at line 2, column 1[^\n]*$/);
    const certificate = locate(run, "certificate");
    await expect(readCertificate(run)).rejects.toThrow(refused("no such file", certificate));
    writeFileSync(locate(run, "model"), "");
    await expect(readModel(run)).rejects.toThrow(refused("is empty", locate(run, "model")));
  });

  it("reads the steps up to a last one that was cut short, but not past one that is damaged", async () => {
    const run = await createRun(path, {});
    await appendStep(run, { step: 1 });
    appendFileSync(locate(run, "steps"), '{"ste');
    expect(await readSteps(run)).toEqual([{ step: 1 }]);
    appendFileSync(locate(run, "steps"), 'x\n{"step":3}\n');
    await expect(readSteps(run)).rejects.toThrow(/^.*steps\.jsonl, row 2: is damaged: [^\n]+$/);
  });
});
