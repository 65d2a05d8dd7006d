import { setTimeout } from "node:timers/promises";
import type { DuckDBResultReader } from "@duckdb/node-api";
import type { TableSet } from "./tables.ts";

/** How far the scans of a table have come. */
export interface ScanStep {
  /** Which scan, from 0, of how many; more may turn out to be needed as they go on. */
  readonly scan: number;
  readonly scans: number;
  /** Rows that this scan has read, of `rows`. */
  readonly read: number;
  readonly rows: number;
}

/** A scan's place among the others. */
export type ScanPlace = Pick<ScanStep, "scan" | "scans">;

/** How often a scan is asked how far it is. */
const POLL_MS = 100;

/**
 * Runs a query that reads a table once and whose result is small, saying while it lasts how far it is. Returned from
 * before its end, it stops the query.
 */
export function watchScan(
  tables: TableSet,
  sql: string,
  place: ScanPlace,
): AsyncGenerator<ScanStep, DuckDBResultReader> {
  return watchQuery(tables, tables.database.connection.runAndReadAll(sql), place);
}

/** `watchScan` of work that consists in one query on the connection of the database. */
export function watchQuery<Result>(
  { database: { connection }, rows }: TableSet,
  work: Promise<Result>,
  place: ScanPlace,
): AsyncGenerator<ScanStep, Result> {
  const step = () => ({ ...place, read: Math.min(rows, Number(connection.progress.rows_processed)), rows });
  return watch(work, step, () => connection.interrupt());
}

/** Waits for work to end, yielding now and then how far it is. Returned from before its end, it stops the work. */
export async function* watch<Step, Result>(
  work: Promise<Result>,
  step: () => Step,
  stop: () => void,
): AsyncGenerator<Step, Result> {
  let ended = false;
  const end = work
    .catch(() => undefined)
    .then(() => {
      ended = true;
    });
  try {
    for (;;) {
      await Promise.race([end, setTimeout(POLL_MS, undefined, { ref: false })]);
      if (ended) return await work;
      yield step();
    }
  } finally {
    if (!ended) {
      stop();
      await end;
    }
  }
}

/** The result of a generator of steps that nobody watches. */
export async function finishSteps<Result>(steps: AsyncGenerator<unknown, Result>): Promise<Result> {
  for (;;) {
    const next = await steps.next();
    if (next.done === true) return next.value;
  }
}
