import { createHash } from "node:crypto";
import { ConfigError, DataError } from "../errors.ts";
import { type Database, type DatabaseLimits, openDatabase } from "./database.ts";
import { checkInputFile, fingerprintFile } from "./input-file.ts";
import { type LoadedTable, loadTable } from "./load-table.ts";
import { type TableFile, tableFile } from "./table-file.ts";

/** A column of an open table. */
export interface Column {
  /** Its name in the file. */
  readonly name: string;
  /** `table.name`, the table being called as its file is without endings. */
  readonly qualifiedName: string;
  /** The shorter of the two that only this column has: what it is called in results. */
  readonly label: string;
  /** The file, as its path was given. */
  readonly source: string;
  /** The type in SQL. */
  readonly type: string;
  /** Whether that is a type of numbers; true and false count as 1 and 0. */
  readonly numeric: boolean;
  /** The table, and the field in it, by which the database knows the column. */
  readonly relation: string;
  readonly field: string;
}

/** Table files of equal length, side by side: row i of each belongs together. */
export interface TableSet {
  readonly columns: readonly Column[];
  readonly rows: number;
  /** What was left out of the columns, and why. */
  readonly notices: readonly string[];
  readonly database: Database;
  /** Frees the memory; the columns cannot be read afterwards. */
  close(): void;
}

/** Tables whose contents are known by a number. */
export interface FingerprintedTables extends TableSet {
  /** SHA-256 of the file, as `sha256sum` prints it; of these of all files, joined, where there are several. */
  readonly fingerprint: string;
}

/** How tables are opened. */
export interface OpenOptions extends DatabaseLimits {
  /** Whether CSV and TSV files without a header will do; their columns are then called column1, column2, … */
  readonly headerOptional?: boolean;
}

/**
 * Opens table files (.csv, .tsv, .json, .jsonl, any of these with .gz, .parquet) as one table, rows in the order of
 * the files.
 *
 * @param paths One file or more; several need the same number of rows, and file names that differ.
 * @throws ConfigError for a file name that says no format, or that two files share.
 * @throws DataError, one line with file and row, for a file that is missing, empty, damaged or of another length.
 */
export async function openTables(paths: readonly string[], options: OpenOptions = {}): Promise<FingerprintedTables> {
  const { tables, fingerprint } = await openTablesEarly(paths, options);
  try {
    return { ...tables, fingerprint: await fingerprint };
  } catch (error) {
    tables.close();
    throw error;
  }
}

/** Tables that can be used already while their fingerprint is still being taken. */
export interface EarlyTables {
  readonly tables: TableSet;
  readonly fingerprint: Promise<string>;
}

/** `openTables` without waiting for the fingerprints of Parquet files, which take a reading of each file. */
export async function openTablesEarly(paths: readonly string[], options: OpenOptions = {}): Promise<EarlyTables> {
  const files = paths.map((path) => tableFile(path, options.headerOptional));
  checkStems(files);
  for (const path of paths) await checkInputFile(path);
  const database = await openDatabase(options);
  try {
    const tables: OpenTable[] = [];
    for (const file of files) tables.push(await openTable(database, `t${tables.length}`, file));
    checkRows(tables);
    const columns = labelled(tables.flatMap(tableColumns));
    const notices = tables.flatMap(unnamedNotices);
    const { close } = database;
    const rows = tables[0]?.rows ?? 0;
    const fingerprint = joinFingerprints(tables);
    fingerprint.catch(() => undefined);
    return { tables: { columns, rows, notices, database, close }, fingerprint };
  } catch (error) {
    database.close();
    throw error;
  }
}

interface OpenTable extends LoadedTable {
  readonly file: TableFile;
  readonly relation: string;
  readonly fingerprint: Promise<string>;
}

async function openTable(database: Database, relation: string, file: TableFile): Promise<OpenTable> {
  const fingerprint = fingerprintFile(file.path, file.gzipped);
  const [marked, table] = await Promise.allSettled([
    file.gzipped ? fingerprint : undefined,
    loadTable(database, relation, file),
  ]);
  // Damage to a gzip file explains whatever the reader of the table stumbled over, and comes first.
  if (marked.status === "rejected") throw marked.reason;
  if (table.status === "rejected") throw table.reason;
  return { ...table.value, file, relation, fingerprint };
}

function tableColumns({ columns, file: { path: source, stem }, relation }: OpenTable): Omit<Column, "label">[] {
  const named = columns.filter(({ name }) => name !== "");
  return named.map(({ name, field, type }) => {
    const numeric = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|FLOAT|DOUBLE|DECIMAL.*|BOOLEAN)$/.test(type);
    return { name, qualifiedName: `${stem}.${name}`, source, type, numeric, relation, field };
  });
}

function labelled(columns: readonly Omit<Column, "label">[]): Column[] {
  const count = new Map<string, number>();
  for (const { name } of columns) count.set(name, (count.get(name) ?? 0) + 1);
  return columns.map((column) => ({
    ...column,
    label: count.get(column.name) === 1 ? column.name : column.qualifiedName,
  }));
}

function unnamedNotices({ columns, file }: OpenTable): string[] {
  return columns.flatMap(({ name }, i) =>
    name === "" ? [`${file.path}: column ${i + 1} has no name in the header and is left out`] : [],
  );
}

function checkStems(files: readonly TableFile[]): void {
  if (files.length === 0) throw new ConfigError("no table was given");
  for (const file of files) {
    const first = files.find(({ stem }) => stem === file.stem) as TableFile;
    if (first === file) continue;
    throw new ConfigError(`${first.path} and ${file.path} are both called '${file.stem}': rename one of them`);
  }
}

function checkRows(tables: readonly OpenTable[]): void {
  const [first] = tables;
  const other = tables.find(({ rows }) => rows !== first?.rows);
  if (first === undefined || other === undefined) return;
  throw new DataError(
    `has ${other.rows} rows and ${first.file.path} has ${first.rows}: tables side by side need the same number of rows`,
    { source: other.file.path },
  );
}

async function joinFingerprints(tables: readonly OpenTable[]): Promise<string> {
  const all = await Promise.all(tables.map(({ fingerprint }) => fingerprint));
  return all.length === 1 ? (all[0] as string) : createHash("sha256").update(all.join("\n")).digest("hex");
}
