import { basename } from "node:path";
import { ConfigError } from "../errors.ts";

/** A file that holds, or will hold, a table, and what its name says about it. */
export interface TableFile {
  readonly path: string;
  readonly kind: "csv" | "tsv" | "parquet" | "json" | "jsonl";
  readonly gzipped: boolean;
  /** The file name without its folder and endings: "train" for data/train.csv.gz. */
  readonly stem: string;
  /** Whether CSV and TSV without a header will do; the columns are then called column1, column2, … */
  readonly headerOptional: boolean;
}

const kinds: Readonly<Record<string, TableFile["kind"]>> = {
  csv: "csv",
  tsv: "tsv",
  parquet: "parquet",
  json: "json",
  jsonl: "jsonl",
  ndjson: "jsonl",
};

/** Whether the name of `path` ends as that of a table. */
export function isTableFile(path: string): boolean {
  return kinds[path.toLowerCase().replace(/\.gz$/, "").split(".").at(-1) ?? ""] !== undefined;
}

/** The table file at `path`. Throws ConfigError when its ending is none that can be read or written. */
export function tableFile(path: string, headerOptional = false): TableFile {
  const gzipped = /\.gz$/i.test(path);
  const name = gzipped ? basename(path).slice(0, -".gz".length) : basename(path);
  const dot = name.lastIndexOf(".");
  const kind = kinds[name.slice(dot + 1).toLowerCase()];
  if (dot < 1 || kind === undefined || (kind === "parquet" && gzipped)) {
    throw new ConfigError(
      `${path}: a table ends in .csv, .tsv, .json or .jsonl (or one of these and .gz), or .parquet`,
    );
  }
  return { path, kind, gzipped, stem: name.slice(0, dot), headerOptional };
}
