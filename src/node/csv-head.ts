import { createReadStream } from "node:fs";
import { TextDecoder } from "node:util";
import { createGunzip } from "node:zlib";
import { DataError } from "../errors.ts";
import { gzipError } from "./input-file.ts";
import type { TableFile } from "./table-file.ts";

/** How the fields of a CSV file are told apart, what they are called, and the first rows of them. */
export interface CsvHead {
  readonly delimiter: string;
  /** One name a column, as it stands in the file; empty where the header has none. */
  readonly names: readonly string[];
  /** Whether the names are those of the file. If not, they are column1, column2, … and the first line is a row. */
  readonly hasHeader: boolean;
  /** Fields of as many rows as one read of the file happened to bring; perhaps of none. */
  readonly sample: readonly (readonly string[])[];
}

/** Characters that may separate fields; the most frequent one in the first line does. */
const delimiters = [",", ";", "\t", "|"] as const;

/** Longest first line that is looked for, in characters. */
const longestLine = 1 << 24;

/**
 * The beginning of a CSV or TSV file. Its first line is the header, unless that holds nothing but numbers (but 0, 1,
 * 2, …, which programs write for columns that have no names, is a header).
 *
 * @throws DataError when a header is missing that is not optional, two columns have the same name, the text is not
 *   UTF-8, or the file is damaged.
 */
export async function readCsvHead(file: TableFile): Promise<CsvHead> {
  const refuse = (problem: string, column?: string) =>
    new DataError(problem, { source: file.path, ...(column !== undefined && { column }) });
  const text = await readFirstLines(file);
  const delimiter = file.kind === "tsv" ? "\t" : mostFrequent(text);
  const [names = [], ...sample] = splitRecords(text, delimiter);
  if (names.join("").trim() === "") throw refuse("has no header: its first line is empty");
  if (names.every(isNumber) && !isNumbering(names)) {
    if (!file.headerOptional) throw refuse("has no header: its first line holds numbers, not the names of columns");
    return { delimiter, names: names.map((_, i) => `column${i + 1}`), hasHeader: false, sample: [names, ...sample] };
  }
  const seen = new Set<string>();
  const repeated = names.find((name) => name !== "" && seen.size === seen.add(name).size);
  if (repeated !== undefined) throw refuse("two columns have this name", repeated);
  return { delimiter, names, hasHeader: true, sample };
}

/**
 * The fields of each line of a CSV text whose lines end in \n. Quotation marks around a field are taken off, doubled
 * ones inside it halved; between them, line ends and delimiters are text.
 */
export function splitRecords(text: string, delimiter: string): string[][] {
  const records: string[][] = [];
  const record: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const character = text[i] as string;
    if (character === '"' && quoted && text[i + 1] === '"') field += text[i++];
    else if (character === '"') quoted = !quoted;
    else if (quoted || (character !== delimiter && character !== "\n")) field += character;
    else {
      record.push(field);
      field = "";
      if (character === "\n") records.push(record.splice(0));
    }
  }
  return [...records, [...record, field]];
}

/** The text of at least the first line, and of no line a part; line ends are made \n, the last one is left out. */
async function readFirstLines({ path, gzipped }: TableFile): Promise<string> {
  const file = createReadStream(path);
  const stream = gzipped ? file.pipe(createGunzip()) : file;
  if (gzipped) file.on("error", (error) => stream.destroy(error));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  try {
    for await (const chunk of stream) {
      text += decode(decoder, chunk as Uint8Array, path);
      const end = lastLineEnd(text);
      if (end >= 0) return text.slice(0, end).replaceAll(/\r\n?/g, "\n");
      if (text.length > longestLine) throw new DataError("has no line end where a header should be", { source: path });
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

/** Where the last line end outside quotation marks is; -1 where there is none. */
function lastLineEnd(text: string): number {
  let quoted = false;
  let last = -1;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '"') quoted = !quoted;
    else if (!quoted && (text[i] === "\n" || (text[i] === "\r" && text[i + 1] !== "\n"))) last = i;
  }
  return last;
}

/** The delimiter that occurs most in the first line, outside quotation marks. */
function mostFrequent(text: string): string {
  const [firstLine = ""] = text.replaceAll(/"[^"]*"/g, "").split("\n", 1);
  const counts = delimiters.map((delimiter) => firstLine.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] as string;
}

/** Whether a field reads as a number; infinities do. */
export function isNumber(field: string): boolean {
  return field.trim() !== "" && (!Number.isNaN(Number(field)) || /^[+-]?inf(inity)?$/i.test(field));
}

function isNumbering(fields: readonly string[]): boolean {
  return fields.length > 1 && fields.every((field, i) => field === String(i));
}
