import { availableParallelism, tmpdir, totalmem } from "node:os";
import { join, resolve } from "node:path";
import { type DuckDBConnection, type DuckDBDataChunk, DuckDBInstance } from "@duckdb/node-api";

/** A DuckDB database in memory. */
export interface Database {
  /** For statements that run one after the other. */
  readonly connection: DuckDBConnection;
  /** A connection of one's own: the next statement on a connection ends whatever is still being read from it. */
  connect(): Promise<DuckDBConnection>;
  /**
   * Bounds its memory, unless a bound was asked for, to what reading a text file into a table of so many columns takes: what
   * exceeds it goes to temporary files, so that a table is not in memory here as well as where it is read to.
   */
  boundMemory(columns: number): Promise<void>;
  /** Frees its memory. Nothing made from it can be used afterwards. */
  close(): void;
}

/** How much of the machine a database may use; DuckDB's own choices by default. */
export interface DatabaseLimits {
  /** Most memory for its buffers, with its unit: "800MB". What exceeds it goes to temporary files. Default: see `boundMemory`. */
  readonly memory?: string;
  readonly threads?: number;
}

/** Numbers the databases of this process, which must not share their temporary files. */
let counter = 0;

/** Memory for reading text, and for the segments of a column that every thread writes to, a few of 256 KiB. */
const [READING_BYTES, COLUMN_BYTES] = [300e6, 2 ** 19];

/** An empty database that keeps off the network: extensions are neither fetched nor loaded by themselves. */
export async function openDatabase({ memory, threads }: DatabaseLimits = {}): Promise<Database> {
  const instance = await DuckDBInstance.create(":memory:", {
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    temp_directory: join(tmpdir(), `taskprism-${process.pid}-${counter++}`),
    ...(memory && { memory_limit: memory }),
    ...(threads && { threads: String(threads) }),
  });
  const connection = await instance.connect();
  // How far a query is can be asked only where a bar could be drawn; none is.
  await connection.run("SET enable_progress_bar = true; SET enable_progress_bar_print = false");
  let columns = 0;
  return {
    connection,
    connect: () => instance.connect(),
    async boundMemory(further) {
      columns += further;
      const bytes = READING_BYTES + COLUMN_BYTES * columns * (threads ?? availableParallelism());
      // The database's own bound is 80 % of the memory.
      if (memory === undefined && bytes < 0.8 * totalmem()) {
        await connection.run(`SET memory_limit = '${Math.ceil(bytes / 1e6)}MB'`);
      }
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** `text` as a text literal of SQL. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** `name` as the name of a column in SQL. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** The file at `path`, as a literal for DuckDB's readers, in which `*`, `?` and `[` stand for themselves. */
export function quotePath(path: string): string {
  return quoteText(resolve(path).replaceAll(/[*?[]/g, "[$&]"));
}

/** The rows of a query, in order, up to 2,048 at a time; never more than a few chunks are in memory. */
export async function* readChunks(database: Database, sql: string): AsyncGenerator<DuckDBDataChunk> {
  const connection = await database.connect();
  try {
    const result = await connection.stream(sql);
    for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
      yield chunk;
    }
  } finally {
    connection.closeSync();
  }
}

/** The first row of a query as an object, integers as bigint; undefined when it has no rows. */
export async function readRow(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown> | undefined> {
  const [row] = await readRows(connection, sql);
  return row;
}

/** All rows of a small query as objects, integers of 64 bits as bigint. */
export async function readRows(connection: DuckDBConnection, sql: string): Promise<Record<string, unknown>[]> {
  const reader = await connection.runAndReadAll(sql);
  return reader.getRowObjectsJS();
}
