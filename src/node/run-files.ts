import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { DataError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { writeFileAtomically } from "./atomic-write.ts";
import { fileError, reason } from "./file-error.ts";
import { readInputFile } from "./input-file.ts";
import { jsonText } from "./json-text.ts";
import { type NamedMatrix, readMatrix, writeNpy } from "./matrix-file.ts";
import { type RunFolder, runFiles } from "./run-folder.ts";
import { type NamedColumn, writeTable } from "./write-table.ts";

/** Appends one step of an iterative fit. Throws FileError, as every function here that writes, when that fails. */
export async function appendStep(run: RunFolder, step: unknown): Promise<void> {
  const path = locate(run, "steps");
  await appendFile(path, jsonText(step, 0)).catch((error: unknown) => {
    throw fileError("write", path, error);
  });
}

/** Writes the model as it stands at some step, in place of the checkpoint before. */
export function writeCheckpoint(run: RunFolder, model: Uint8Array): Promise<void> {
  return writeFileAtomically(locate(run, "checkpoint"), model);
}

/** Writes the fitted model. */
export function writeModel(run: RunFolder, model: Uint8Array): Promise<void> {
  return writeFileAtomically(locate(run, "model"), model);
}

/** Writes the latents, one column each, with whatever columns name the rows. */
export function writeLatents(run: RunFolder, columns: readonly NamedColumn[]): Promise<void> {
  return writeTable(locate(run, "latents"), columns);
}

/** Writes which latent causes which task. */
export function writeIndicators(run: RunFolder, columns: readonly NamedColumn[]): Promise<void> {
  return writeTable(locate(run, "indicators"), columns);
}

/** Writes how well the latents are identified. */
export function writeCertificate(run: RunFolder, certificate: unknown): Promise<void> {
  return writeFileAtomically(locate(run, "certificate"), jsonText(certificate));
}

/** Writes the matrix (d × d) by which latents follow from the centred representation, and the latents (rows × d), if any. */
export async function writeUnmixing(run: RunFolder, unmixing: Matrix, latents?: Matrix): Promise<void> {
  if (latents !== undefined) await writeNpy(locate(run, "latentMatrix"), latents);
  await writeNpy(locate(run, "unmixing"), unmixing);
}

/** Writes the page that a browser shows. */
export function writeReport(run: RunFolder, html: string): Promise<void> {
  return writeFileAtomically(locate(run, "report"), html);
}

/** The configuration of a run. Throws DataError, as every function here that reads, when it is missing or damaged. */
export async function readConfig(run: RunFolder): Promise<unknown> {
  return parseFile(locate(run, "config"), parse);
}

/** The certificate of a run. */
export async function readCertificate(run: RunFolder): Promise<unknown> {
  return parseFile(locate(run, "certificate"), JSON.parse);
}

/** The metrics of a run. */
export async function readMetrics(run: RunFolder): Promise<unknown> {
  return parseFile(locate(run, "metrics"), JSON.parse);
}

/** The steps of a run, in order; a last one of which only a part was written is left out. */
export async function readSteps(run: RunFolder): Promise<unknown[]> {
  const path = locate(run, "steps");
  const lines = decode(await readInputFile(path))
    .split("\n")
    .slice(0, -1);
  return lines.map((line, i) => parseText(line, JSON.parse, path, i + 1));
}

/** The bytes of the fitted model. */
export function readModel(run: RunFolder): Promise<Uint8Array> {
  return readInputFile(locate(run, "model"));
}

/** The bytes of the model as it stood when the checkpoint was written. */
export function readCheckpoint(run: RunFolder): Promise<Uint8Array> {
  return readInputFile(locate(run, "checkpoint"));
}

/** The unmixing matrix, d × d. */
export function readUnmixing(run: RunFolder): Promise<NamedMatrix> {
  return readMatrix(locate(run, "unmixing"));
}

/** The path of one of a run's files. */
export function locate({ folder }: RunFolder, file: keyof typeof runFiles): string {
  return join(folder, runFiles[file]);
}

async function parseFile(path: string, parseAs: (text: string) => unknown): Promise<unknown> {
  return parseText(decode(await readInputFile(path)), parseAs, path);
}

function parseText(text: string, parseAs: (text: string) => unknown, source: string, row?: number): unknown {
  try {
    return parseAs(text);
  } catch (cause) {
    throw new DataError(`is damaged: ${reason(cause)}`, { source, ...(row !== undefined && { row }) }, { cause });
  }
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}
