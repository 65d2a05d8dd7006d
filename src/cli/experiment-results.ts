import { join } from "node:path";
import { type Cell, DATA_DEFAULTS } from "../experiments/cells.ts";
import { markdownTable, sharedSettings, TABLE_NOTES, tableColumns } from "../experiments/columns.ts";
import { assuranceOf, describe, findings } from "../experiments/findings.ts";
import type { CellResult, CellScores } from "../experiments/run-cell.ts";
import { meanAndSpread, type TableRow, tableRows } from "../experiments/table.ts";
import { type NamedColumn, writeFileAtomically, writeTable } from "../node/index.ts";
import type { ExperimentFolder } from "./experiment-folder.ts";
import { textTable } from "./text-table.ts";

type Results = ReadonlyMap<string, CellResult>;

/** Writes results.csv and results.parquet, one row a cell in the order of the configuration, and table.md. */
export async function writeExperiment({ path, results }: ExperimentFolder, cells: readonly Cell[]): Promise<void> {
  const columns = resultColumns(cells, results);
  await writeTable(join(path, "results.csv"), columns);
  await writeTable(join(path, "results.parquet"), columns);
  const rows = tableRows(cells, results);
  const sentences = findings(rows, cells, results).map((sentence) => `- ${sentence}`);
  const table = markdownTable(tableColumns(cells), rows);
  const parts = [sharedSettings(cells), table, sentences.join("\n"), TABLE_NOTES.join("\n")];
  await writeFileAtomically(join(path, "table.md"), `${parts.filter((part) => part !== "").join("\n\n")}\n`);
}

/** The table and what it shows, as lines and as plain data. */
export function experimentSummary(cells: readonly Cell[], results: Results) {
  const rows = tableRows(cells, results);
  const columns = tableColumns(cells);
  const sentences = findings(rows, cells, results);
  const { falseAssurance, ...assurance } = assuranceOf(cells, results);
  return {
    lines: [
      sharedSettings(cells),
      ...textTable(
        columns.map(({ heading: text, align }) => ({ text, align })),
        rows.map((row) => columns.map(({ text }) => text(row))),
      ),
      "",
      ...sentences,
    ],
    plain: {
      failed: rows.reduce((sum, { failed }) => sum + failed, 0),
      rows: rows.map(plainRow),
      assurance: { ...assurance, falseAssurance: falseAssurance.map(({ cell }) => describe(cell)) },
      findings: sentences,
    },
  };
}

function plainRow(row: TableRow) {
  const [cell] = row.cells;
  const scores = SUMMARISED.map((name) => [name, meanAndSpread(row, name)] as const);
  return {
    ...{ case: cell?.name, data: cell?.options, method: cell?.method.label },
    ...{ seeds: row.scores.length, failed: row.failed, lowest: row.lowest, belowOracle: row.toOracle },
    ...Object.fromEntries(scores.filter(([, value]) => value !== null)),
  };
}

/** Scores of which the printed result has mean and standard deviation. */
const SUMMARISED = [
  ...(["pooledSpearman", "pooledPearson", "perTaskSpearman", "perTaskPearson", "weak", "smallestCanonical"] as const),
  ...(["causesAccuracy", "predictedMcc", "predictedMccFloor", "fitRatio", "splitHalfMcc", "seconds"] as const),
];

/** One column for every option of the data, defaults included, and for every score. */
function resultColumns(cells: readonly Cell[], results: Results): NamedColumn[] {
  const [first] = cells;
  const optionNames = first === undefined ? [] : [...Object.keys(DATA_DEFAULTS[first.kind]), "mixingWidth"];
  const option = ({ kind, options }: Cell, name: string): unknown =>
    (({ ...DATA_DEFAULTS[kind], ...options }) as Readonly<Record<string, unknown>>)[name];
  const scores = cells.map(({ id }) => results.get(id)?.scores ?? null);
  const scoreNames = Object.keys(scores.find((entry) => entry !== null) ?? {}) as (keyof CellScores)[];
  return [
    text(
      "case",
      cells.map(({ name }) => name),
    ),
    ...optionNames
      .filter((name) => cells.some((cell) => option(cell, name) !== undefined))
      .map((name) =>
        column(
          snakeCase(name),
          cells.map((cell) => option(cell, name)),
        ),
      ),
    column(
      "seed",
      cells.map(({ seed }) => seed),
    ),
    text(
      "method",
      cells.map(({ method }) => method.label),
    ),
    text(
      "method_options",
      cells.map(({ method }) => JSON.stringify(method.options)),
    ),
    ...scoreNames.map((name) =>
      column(
        snakeCase(name),
        scores.map((entry) => entry?.[name]),
      ),
    ),
    text(
      "error",
      cells.map(({ id }) => results.get(id)?.error ?? null),
    ),
  ];
}

/** Numbers where all values are numbers, whole ones as such, else texts; nothing where there is no value. */
function column(name: string, values: readonly unknown[]): NamedColumn {
  if (values.every(isInt32)) return { name, values: Int32Array.from(values) };
  if (values.every((value) => value == null || typeof value === "number")) {
    return { name, values: Float64Array.from(values, (value) => (value as number | null | undefined) ?? Number.NaN) };
  }
  return text(
    name,
    values.map((value) => (value == null ? null : Array.isArray(value) ? value.join("-") : String(value))),
  );
}

const isInt32 = (value: unknown): value is number => typeof value === "number" && (value | 0) === value;
const text = (name: string, values: readonly (string | null)[]): NamedColumn => ({ name, values });
const snakeCase = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
