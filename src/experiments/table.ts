import type { Cell } from "./cells.ts";
import type { CellResult, CellScores } from "./run-cell.ts";

/** A score that is a number; those of a table are its mean and spread over seeds. */
export type NumericScore = {
  [K in keyof CellScores]-?: CellScores[K] extends number | null | undefined ? K : never;
}[keyof CellScores];

/** Mean and standard deviation (divisor n − 1; 0 for one seed) of a score, null where no seed has it. */
export interface MeanAndSpread {
  readonly mean: number;
  readonly sd: number;
}

/** One line of a table: a method on data of one kind, over all its seeds. */
export interface TableRow {
  /** The cells of the line, one a seed, and their results; undefined where it has not been run yet. */
  readonly cells: readonly Cell[];
  readonly results: readonly (CellResult | undefined)[];
  /** Scores of the cells that ended well, in the order of the seeds. */
  readonly scores: readonly CellScores[];
  readonly failed: number;
  /** Pooled Spearman of the oracle less that of the method, median over seeds; null without an oracle. */
  readonly toOracle: number | null;
  /** Least pooled Spearman MCC over seeds; of the oracle as well. */
  readonly lowest: number | null;
  readonly oracleLowest: number | null;
}

/** The lines of an experiment's table, in the order of its cells. */
export function tableRows(cells: readonly Cell[], results: ReadonlyMap<string, CellResult>): TableRow[] {
  const oracles = new Map(cells.filter(isOracle).map((cell) => [dataKey(cell), results.get(cell.id)?.scores]));
  return [...groupBy(cells, rowKey).values()].map((group) => {
    const found = group.map(({ id }) => results.get(id));
    const scores = found.flatMap((result) => result?.scores ?? []);
    const oracle = group.map((cell) => oracles.get(dataKey(cell))?.pooledSpearman);
    const gaps = found.flatMap((result, i) => {
      const [reached, possible] = [result?.scores?.pooledSpearman, oracle[i]];
      return reached === undefined || possible === undefined ? [] : [possible - reached];
    });
    return {
      cells: group,
      results: found,
      scores,
      failed: found.filter((result) => result?.error != null).length,
      toOracle: gaps.length > 0 ? median(gaps) : null,
      lowest: least(scores.map(({ pooledSpearman }) => pooledSpearman)),
      oracleLowest: least(oracle.flatMap((value) => value ?? [])),
    };
  });
}

/** Mean and standard deviation over the seeds that have the score. */
export function meanAndSpread({ scores }: TableRow, score: NumericScore): MeanAndSpread | null {
  const values = scores.flatMap((entry) => entry[score] ?? []);
  if (values.length === 0) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, sd: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

/** The options of the data in which the lines of a table differ, in their order. */
export function varyingOptions(cells: readonly Cell[]): string[] {
  const names = [...new Set(cells.flatMap(({ options }) => Object.keys(options)))];
  return names.filter((name) => new Set(cells.map((cell) => JSON.stringify(optionOf(cell, name)))).size > 1);
}

/** The value of an option of a cell's data as text; "" where it is left to its default. */
export function optionText(cell: Cell, name: string): string {
  const value = optionOf(cell, name);
  if (value === undefined) return "";
  return Array.isArray(value) ? value.join("–") : String(value);
}

function optionOf({ options }: Cell, name: string): unknown {
  return (options as Readonly<Record<string, unknown>>)[name];
}

const isOracle = ({ method }: Cell) => method.method === "oracle";

/** What two cells have in common that differ in the method only; the key is the cells' own order of options. */
function dataKey({ kind, name, options, seed }: Cell): string {
  return JSON.stringify([kind, name, options, seed]);
}

function rowKey({ kind, name, options, method }: Cell): string {
  return JSON.stringify([kind, name, options, method]);
}

function groupBy<T>(values: readonly T[], key: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(key(value));
    if (group) group.push(value);
    else groups.set(key(value), [value]);
  }
  return groups;
}

function least(values: readonly number[]): number | null {
  return values.length > 0 ? Math.min(...values) : null;
}

/** The middle of some numbers, the mean of the middle two of an even count. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
