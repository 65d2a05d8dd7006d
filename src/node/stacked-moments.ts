import { DataError } from "../errors.ts";
import { type DescribedMoments, readDescribedMoments, rowsOfMoments } from "./described-moments.ts";
import { difference, mergeDescribedMoments, type NamedMoments } from "./merge-described-moments.ts";
import { type ColumnRequest, type ColumnSelection, selectColumns } from "./select-columns.ts";
import { isTableFile } from "./table-file.ts";
import { tableMomentsSteps } from "./table-moments.ts";
import { type OpenOptions, openTablesEarly } from "./tables.ts";
import type { ScanStep } from "./watch-scan.ts";

/** What is asked of parts: the columns, how rows are dealt into groups, and what the database may use. */
export interface StackRequest extends OpenOptions {
  readonly columns: ColumnRequest;
  readonly seed: number;
  /** Number of groups for each layout. */
  readonly groups: Readonly<Record<"long" | "wide", number>>;
}

/** A part's place among the others, from 0. */
interface PartPlace {
  readonly file: string;
  readonly part: number;
  readonly parts: number;
}

/** How far the reading of parts is: within one, `scan`, or at its end, `part`; `notice` says what was left out. */
export type StackStep =
  | { readonly kind: "notice"; readonly text: string }
  | ({ readonly kind: "scan" } & PartPlace & ScanStep)
  | ({ readonly kind: "part" } & PartPlace);

/**
 * The moments of the rows of all parts, one below the other: tables, and files of moments of rows that were read before.
 * Rows of tables are dealt into groups as if the tables were one. One part at a time is open, so memory does not grow
 * with their number.
 *
 * @param paths Tables, and files that `writeDescribedMoments` wrote.
 * @throws DataError, naming the file, as `mergeDescribedMoments` for parts that do not fit together, as `readTableMoments`
 *   for values that cannot be used; ConfigError as `selectColumns`.
 */
export async function* stackedMomentsSteps(
  paths: readonly string[],
  request: StackRequest,
): AsyncGenerator<StackStep, DescribedMoments> {
  const parts: NamedMoments[] = [];
  for (const [part, path] of paths.entries()) {
    const place = { file: path, part, parts: paths.length };
    if (isTableFile(path)) {
      const first = parts[0];
      const rowsBefore = parts.reduce((sum, { groups }) => sum + rowsOfMoments(groups), 0);
      const steps = tableSteps(path, request, rowsBefore, first);
      try {
        for (;;) {
          const { value, done } = await steps.next();
          if (done) {
            parts.push(value);
            break;
          }
          yield "text" in value ? { kind: "notice", ...value } : { kind: "scan", ...place, ...value };
        }
      } finally {
        await steps.return(undefined as never);
      }
    } else {
      parts.push({ path, ...(await readDescribedMoments(path)) });
    }
    yield { kind: "part", ...place };
  }
  return mergeDescribedMoments(parts);
}

async function* tableSteps(
  path: string,
  { columns, seed, groups, ...limits }: StackRequest,
  rowsBefore: number,
  first: NamedMoments | undefined,
): AsyncGenerator<ScanStep | { readonly text: string }, NamedMoments> {
  const { tables, fingerprint } = await openTablesEarly([path], limits);
  try {
    const found = await selectColumns(tables, columns);
    const selection = first === undefined ? found : inOrderOf(first, found, path);
    for (const text of first === undefined ? selection.notices : []) yield { text };
    const { layout } = selection.targets;
    const moments = yield* tableMomentsSteps(tables, selection, { groups: groups[layout], seed, rowsBefore });
    const columnNames = selection.features.map(({ label }) => label);
    const source = { file: path, rows: tables.rows, fingerprint: await fingerprint };
    return { path, layout, columnNames, sources: [source], groups: moments };
  } finally {
    tables.close();
  }
}

/** The same columns in the order of the part before. Throws DataError when they are not the same. */
function inOrderOf(first: NamedMoments, selection: ColumnSelection, source: string): ColumnSelection {
  const byName = new Map(selection.features.map((column) => [column.label, column]));
  const names = [...byName.keys()];
  const sorted = difference([...first.columnNames].sort(), names.sort());
  if (sorted) throw new DataError(`other columns than in ${first.path}: ${sorted}`, { source });
  const features = first.columnNames.flatMap((name) => byName.get(name) ?? []);
  if (selection.targets.layout === "long" || first.layout === "long") return { ...selection, features };
  const targets = new Map(selection.targets.columns.map((column) => [column.label, column]));
  const taskNames = first.groups[0]?.taskNames ?? [];
  if (taskNames.length !== targets.size || !taskNames.every((name) => targets.has(name))) {
    return { ...selection, features };
  }
  return {
    ...selection,
    features,
    targets: { layout: "wide", columns: taskNames.flatMap((t) => targets.get(t) ?? []) },
  };
}
