import { quoteText } from "./database.ts";
import type { TableSet } from "./tables.ts";
import { type ScanPlace, type ScanStep, watchScan } from "./watch-scan.ts";

/** A number a row: an expression of SQL for a DOUBLE, and the centre that is taken off it before anything is summed. */
export interface CentredField {
  readonly sql: string;
  readonly centre: number;
}

/** What is summed: h (d fields) and y (one field a target), over the rows that agree in their keys. */
export interface SumRequest {
  readonly relation: string;
  readonly h: readonly CentredField[];
  readonly y: readonly CentredField[];
  /** Expressions of SQL for a VARCHAR or a DOUBLE. */
  readonly keys: readonly string[];
  /** A condition that rows have to meet. */
  readonly where?: string;
}

/** Sums of h around its centre, and of its products. */
export interface SumsOfH {
  readonly count: number;
  /** Σ h, d. */
  readonly h: Float64Array;
  /** Σ h h', the lower half row after row, d (d + 1) / 2. */
  readonly hh: Float64Array;
}

/** Sums of a target around its centre, and of its products. */
export interface SumsOfY {
  readonly y: number;
  /** Σ h y, d. */
  readonly hy: Float64Array;
  readonly yy: number;
  /** Whether y is the same in all rows: sums alone cannot tell that from a variance that rounding left. */
  readonly constant: boolean;
}

/** The sums over some rows. */
export interface MomentSums extends SumsOfH {
  readonly keys: readonly (string | number)[];
  /** Number of the first of the rows, from 0. */
  readonly firstRow: number;
  /** One entry a target. */
  readonly targets: readonly SumsOfY[];
}

/**
 * The sums of a request, one entry for each combination of keys that occurs, in no order. One scan of the table:
 * products are formed and added up inside the database, which holds no more of them than their sums.
 */
export async function* readMomentSums(
  tables: TableSet,
  request: SumRequest,
  place: ScanPlace,
): AsyncGenerator<ScanStep, MomentSums[]> {
  const reader = yield* watchScan(tables, sumQuery(request), place);
  return reader.getRows().map((row) => parseRow(row as (string | number)[], request));
}

function parseRow(row: readonly (string | number)[], { keys, h, y }: SumRequest): MomentSums {
  const d = h.length;
  const [count = 0, firstRow = 0, ...sums] = row.slice(keys.length) as number[];
  const numbers = Float64Array.from(sums);
  const products = (d * (d + 1)) / 2;
  const targets = y.map((_, t) => {
    const at = d + products + t * (d + 4);
    const [sum = 0, yy = 0, low, high] = numbers.subarray(at, at + 4);
    return { y: sum, yy, hy: numbers.subarray(at + 4, at + 4 + d), constant: low === high };
  });
  return {
    keys: row.slice(0, keys.length),
    count,
    firstRow,
    h: numbers.subarray(0, d),
    hh: numbers.subarray(d, d + products),
    targets,
  };
}

function sumQuery({ relation, h, y, keys, where = "true" }: SumRequest): string {
  const fields = [
    ...keys.map((sql, i) => `${sql} AS k${i}`),
    ...h.map((field, j) => `${deviation(field)} AS h${j}`),
    ...y.map((field, t) => `${deviation(field)} AS y${t}`),
  ];
  const sums = [
    ...keys.map((_, i) => `k${i}`),
    "count(*)::DOUBLE",
    "min(rowid)::DOUBLE",
    ...h.map((_, j) => `sum(h${j})`),
    ...h.flatMap((_, j) => h.slice(0, j + 1).map((_, k) => `sum(h${j} * h${k})`)),
    ...y.flatMap((_, t) => [
      `sum(y${t})`,
      `sum(y${t} * y${t})`,
      `min(y${t})`,
      `max(y${t})`,
      ...h.map((_, j) => `sum(h${j} * y${t})`),
    ]),
  ];
  return `SELECT ${sums.join(", ")} FROM (SELECT rowid, ${fields.join(", ")} FROM ${relation} WHERE ${where}) GROUP BY ALL`;
}

function deviation({ sql, centre }: CentredField): string {
  return `${sql} - ${quoteText(String(centre))}::DOUBLE`;
}
