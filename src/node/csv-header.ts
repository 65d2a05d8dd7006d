import { createReadStream } from "node:fs";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { DataError } from "../errors.ts";
import { gzipError } from "./input-file.ts";
import type { TableFormat } from "./table-format.ts";

/** How the fields of a CSV file are told apart, and what they are called. */
export interface CsvHeader {
  readonly delimiter: string;
  /** One name a column, as it stands in the file; empty where the header has none. */
  readonly names: readonly string[];
}

/** Characters that may separate fields; the most frequent one in the header does. */
const delimiters = [",", ";", "\t", "|"] as const;

/** Longest header that is looked for, in characters. */
const longestHeader = 1 << 24;

/**
 * The header of a CSV or TSV file: its first line.
 *
 * Throws DataError when there is none, it is not UTF-8, or the file is damaged.
 */
export async function readCsvHeader(path: string, { kind, gzipped }: TableFormat): Promise<CsvHeader> {
  const line = await readFirstLine(path, gzipped);
  if (line.trim() === "") throw new DataError("has no header: its first line is empty", { source: path });
  const delimiter = kind === "tsv" ? "\t" : mostFrequent(line);
  return { delimiter, names: splitFields(line, delimiter) };
}

/** The fields of one line of a CSV file; quotation marks around a field are taken off, doubled ones inside it halved. */
export function splitFields(line: string, delimiter: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i] as string;
    if (character === delimiter && !quoted) {
      fields.push(field);
      field = "";
    } else if (character !== '"') field += character;
    else if (quoted && line[i + 1] === '"') field += line[i++];
    else quoted = !quoted;
  }
  return [...fields, field];
}

/** The text up to the first line end outside quotation marks. */
async function readFirstLine(path: string, gzipped: boolean): Promise<string> {
  const file = createReadStream(path);
  const stream = gzipped ? file.pipe(createGunzip()) : file;
  if (stream !== file) file.on("error", (error) => stream.destroy(error));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  try {
    for await (const chunk of stream) {
      text += decode(decoder, chunk as Uint8Array, path);
      const end = endOfLine(text);
      if (end >= 0) return text.slice(0, end);
      if (text.length > longestHeader)
        throw new DataError("has no line end where a header should be", { source: path });
    }
  } catch (error) {
    throw error instanceof DataError ? error : gzipError(path, error);
  } finally {
    file.destroy();
  }
  return text;
}

function decode(decoder: TextDecoder, chunk: Uint8Array, source: string): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new DataError("is not UTF-8 text: save it as UTF-8", { source }, { cause });
  }
}

function endOfLine(text: string): number {
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted;
    else if (!quoted && (text[i] === "\n" || text[i] === "\r")) return i;
  }
  return -1;
}

function mostFrequent(line: string): string {
  const unquoted = line.replaceAll(/"[^"]*"/g, "");
  const counts = delimiters.map((delimiter) => unquoted.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] as string;
}
