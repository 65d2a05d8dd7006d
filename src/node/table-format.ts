import { basename } from "node:path";
import { ConfigError } from "../errors.ts";

/** What the name of a table file says about it. */
export interface TableFormat {
  readonly kind: "csv" | "tsv" | "parquet" | "json" | "jsonl";
  readonly gzipped: boolean;
  /** The file name without its folder and endings: "train" for data/train.csv.gz. */
  readonly stem: string;
}

const kinds: Readonly<Record<string, TableFormat["kind"]>> = {
  csv: "csv",
  tsv: "tsv",
  parquet: "parquet",
  json: "json",
  jsonl: "jsonl",
  ndjson: "jsonl",
};

/** The format of the table file at `path`. Throws ConfigError when its ending is none that can be read or written. */
export function tableFormat(path: string): TableFormat {
  const gzipped = /\.gz$/i.test(path);
  const name = gzipped ? basename(path).slice(0, -".gz".length) : basename(path);
  const dot = name.lastIndexOf(".");
  const kind = kinds[name.slice(dot + 1).toLowerCase()];
  if (dot < 1 || kind === undefined || (kind === "parquet" && gzipped)) {
    throw new ConfigError(
      `${path}: a table ends in .csv, .tsv, .json or .jsonl (or one of these and .gz), or .parquet`,
    );
  }
  return { kind, gzipped, stem: name.slice(0, dot) };
}
