import type { Cell } from "./cells.ts";
import { meanAndSpread, median, type NumericScore, optionText, type TableRow, varyingOptions } from "./table.ts";

/** A column of an experiment's table: its heading and the text of every line. */
export interface TableColumn {
  readonly heading: string;
  readonly align: "left" | "right";
  readonly text: (row: TableRow) => string;
}

const NOTHING = "–";

/** The columns of a table: what varies, the method, every score as mean ± standard deviation over seeds. */
export function tableColumns(cells: readonly Cell[]): TableColumn[] {
  return [
    ...(haveNames(cells) ? namedCaseColumns(cells) : varyingColumns(cells)),
    left("method", ({ cells: [cell] }) => cell?.method.label ?? ""),
    right("Spearman", mean("pooledSpearman", 4)),
    right(
      "lowest",
      ({ lowest, oracleLowest }) => fixed(lowest, 4) + (oracleLowest !== null && oracleLowest < 0.995 ? " †" : ""),
    ),
    ...(cells.some(({ method }) => method.method === "oracle")
      ? [right("below oracle", ({ toOracle }) => (toOracle === null ? NOTHING : toOracle.toExponential(1)))]
      : []),
    right("Pearson", mean("pooledPearson", 4)),
    right("within tasks, Spearman", mean("perTaskSpearman", 4)),
    right("within tasks, Pearson", mean("perTaskPearson", 4)),
    right("weak", mean("weak", 4)),
    right("smallest canonical", mean("smallestCanonical", 4)),
    ...(cells.some(({ kind }) => kind !== "segments")
      ? [
          right("causes", mean("causesAccuracy", 3)),
          right("predicted", mean("predictedMcc", 4)),
          right("at least", mean("predictedMccFloor", 4)),
          right("model holds", modelHolds),
        ]
      : [right("median Pearson", medianPearson)]),
    right("seconds", mean("seconds", 2)),
    right("seeds", ({ scores, results }) => `${scores.length}/${results.length}`),
  ];
}

/** The options that all lines share, or that cases with names depart from, as a sentence; "" when there are none. */
export function sharedSettings(cells: readonly Cell[]): string {
  const [cell] = cells;
  if (cell === undefined) return "";
  const varying = haveNames(cells) ? [] : varyingOptions(cells);
  const shared = Object.keys(cell.options).filter((name) => !varying.includes(name));
  const settings = shared.map((name) => setting(cell, name)).join(", ");
  return settings === "" ? "" : `${haveNames(cells) ? "Unless a line says otherwise" : "All"}: ${settings}.`;
}

const haveNames = (cells: readonly Cell[]) => cells.some(({ name }) => name !== "");

/** One column for every option that varies. */
function varyingColumns(cells: readonly Cell[]): TableColumn[] {
  return varyingOptions(cells).map((name) =>
    left(heading(name), ({ cells: [cell] }) => (cell ? optionText(cell, name) : "")),
  );
}

/** Cases with names may each vary something else: one column says in what a line departs from the first. */
function namedCaseColumns(cells: readonly Cell[]): TableColumn[] {
  const [first] = cells;
  const varying = varyingOptions(cells);
  const departures = (cell: Cell) =>
    varying.filter((name) => first !== undefined && optionText(cell, name) !== optionText(first, name));
  return [
    left("case", ({ cells: [cell] }) => cell?.name ?? ""),
    left("setting", ({ cells: [cell] }) =>
      cell
        ? departures(cell)
            .map((name) => setting(cell, name))
            .join(", ")
        : "",
    ),
  ];
}

function setting(cell: Cell, name: string): string {
  return `${heading(name)} ${optionText(cell, name) || "default"}`;
}

/** How the columns are to be read, in sentences. */
export const TABLE_NOTES: readonly string[] = [
  "Mean ± standard deviation over seeds. Spearman, Pearson: strong MCC over all rows; lowest: the least Spearman over seeds; " +
    "below oracle: how far Spearman stays below that of the true mixing inverted, median over seeds. The method raw, " +
    "the unlearned input, is the null line.",
  "Weak: mean canonical correlation. Causes: accuracy of the probabilities at one half. Predicted, model holds: what the " +
    "certificate says, which has not seen the truth; at least: what is left if noise that does not show is as large as it can be. Seconds include the certificate, and depend on what else the machine does.",
  "†: a seed of the oracle itself is below 0.995; no method can be expected to do better.",
];

/** The table as Markdown. */
export function markdownTable(columns: readonly TableColumn[], rows: readonly TableRow[]): string {
  const line = (texts: readonly string[]) => `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    line(columns.map(({ heading }) => heading)),
    line(columns.map(({ align }) => (align === "right" ? "---:" : "---"))),
    ...rows.map((row) => line(columns.map(({ text }) => text(row)))),
  ].join("\n");
}

function mean(score: NumericScore, digits: number) {
  return (row: TableRow): string => {
    const found = meanAndSpread(row, score);
    if (found === null) return NOTHING;
    return row.scores.length > 1
      ? `${fixed(found.mean, digits)} ± ${fixed(found.sd, digits)}`
      : fixed(found.mean, digits);
  };
}

function medianPearson({ scores }: TableRow): string {
  return scores.length === 0 ? NOTHING : fixed(median(scores.map(({ pooledPearson }) => pooledPearson)), 4);
}

function modelHolds({ scores }: TableRow): string {
  const said = scores.flatMap(({ modelHolds }) => modelHolds ?? []);
  return said.length === 0 ? NOTHING : `${said.filter(Boolean).length}/${said.length}`;
}

const left = (heading: string, text: TableColumn["text"]): TableColumn => ({ heading, align: "left", text });
const right = (heading: string, text: TableColumn["text"]): TableColumn => ({ heading, align: "right", text });
const fixed = (value: number | null, digits: number) => (value === null ? NOTHING : value.toFixed(digits));

const SYMBOLS: Readonly<Record<string, string>> = {
  latentDim: "d",
  causalPerTask: "k",
  inputDim: "p",
  rowsPerTask: "rows",
  rowsPerSegment: "rows",
};

/** An option as a heading: the paper's symbol, or its own name. */
const heading = (name: string) => SYMBOLS[name] ?? name;
