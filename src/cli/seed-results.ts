import { join } from "node:path";
import type { SeedAgreement, SeedErrors } from "../experiments/seeds/agreement.ts";
import {
  agreementTable,
  errorTable,
  markdownOf,
  SEED_NOTES,
  type SeedTable,
  seedFindings,
} from "../experiments/seeds/columns.ts";
import { type NamedColumn, writeFileAtomically, writeTable } from "../node/index.ts";
import { textTable } from "./text-table.ts";

/** What an experiment on real data found: about its data, the agreement of its seeds, its errors, and what failed. */
export interface SeedFindings {
  readonly data: readonly string[];
  readonly agreement: readonly SeedAgreement[];
  readonly errors: readonly SeedErrors[];
  /** Seeds whose training failed, in words. */
  readonly failures: readonly string[];
}

/** Lines of errors that a terminal is shown; the files hold all. */
const MOST_LINES = 24;

/** Writes pairs.csv, one row a pair of seeds, errors.csv and table.md. */
export async function writeSeedResults(path: string, { data, agreement, errors, failures }: SeedFindings) {
  await writeTable(join(path, "pairs.csv"), pairColumns(agreement));
  await writeTable(join(path, "errors.csv"), errorColumns(errors));
  const sentences = [...seedFindings(agreement), ...failures].map((sentence) => `- ${sentence}`).join("\n");
  const parts = [data.join("\n"), markdownOf(agreementTable(agreement)), sentences, markdownOf(errorTable(errors))];
  await writeFileAtomically(join(path, "table.md"), `${[...parts, SEED_NOTES.join("\n")].join("\n\n")}\n`);
}

/** The tables and what they show, as lines. */
export function seedLines({ data, agreement, errors, failures }: SeedFindings): string[] {
  const shown = errors.length <= MOST_LINES ? errorTable(errors) : undefined;
  return [
    ...data,
    "",
    ...textOf(agreementTable(agreement)),
    "",
    ...seedFindings(agreement),
    ...failures,
    "",
    ...(shown ? textOf(shown) : [`mean absolute errors of ${errors.length} targets: errors.csv`]),
  ];
}

const textOf = ({ headings, lines }: SeedTable) => textTable(headings, lines);

function pairColumns(agreement: readonly SeedAgreement[]): NamedColumn[] {
  const rows = agreement.flatMap((line) => (line.agreement?.pairs ?? []).map((pair) => ({ ...line, ...pair })));
  const numbers = (pick: (row: (typeof rows)[number]) => number) => Float64Array.from(rows, pick);
  const whole = (pick: (row: (typeof rows)[number]) => number) => Int32Array.from(rows, pick);
  return [
    { name: "case", values: rows.map(({ name }) => name) },
    { name: "d", values: whole(({ latentDim }) => latentDim) },
    { name: "method", values: rows.map(({ method }) => method) },
    { name: "first", values: whole(({ first }) => first) },
    { name: "second", values: whole(({ second }) => second) },
    { name: "strong_pearson", values: numbers(({ strongPearson }) => strongPearson) },
    { name: "strong_spearman", values: numbers(({ strongSpearman }) => strongSpearman) },
    { name: "weak", values: numbers(({ weak }) => weak) },
    { name: "smallest_canonical", values: numbers(({ smallestCanonical }) => smallestCanonical) },
  ];
}

function errorColumns(errors: readonly SeedErrors[]): NamedColumn[] {
  const numbers = (pick: (row: SeedErrors) => number | null) =>
    Float64Array.from(errors, (row) => pick(row) ?? Number.NaN);
  return [
    { name: "case", values: errors.map(({ name }) => name) },
    { name: "target", values: errors.map(({ target }) => target) },
    { name: "unit", values: errors.map(({ unit }) => unit) },
    { name: "mae", values: numbers(({ heads }) => heads) },
    { name: "mae_sd", values: numbers(({ sd }) => sd) },
    { name: "mae_composition", values: numbers(({ composition }) => composition) },
    { name: "mae_mean", values: numbers(({ mean }) => mean) },
  ];
}
