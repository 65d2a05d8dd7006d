import type { Cell } from "../experiments/cells.ts";
import { tableColumns } from "../experiments/columns.ts";
import type { CellResult } from "../experiments/run-cell.ts";
import { tableRows } from "../experiments/table.ts";
import { createProgress } from "./progress.ts";

/** The table of an experiment while it grows, on stderr. */
export interface LiveTable {
  /** Takes notice of a cell that has just been stored: a line of the table is shown when all its seeds are there. */
  show(cell: Cell): void;
  stop(): void;
}

/** Columns of the final table that the live one leaves out, for lines that fit on a terminal. */
const LEFT_OUT = new Set(["within tasks, Spearman", "within tasks, Pearson", "weak", "smallest canonical", "Pearson"]);
const WIDTH = 17;

/** A bar with the time left, and above it every line of the table as it becomes complete. */
export function liveTable(cells: readonly Cell[], results: ReadonlyMap<string, CellResult>, quiet: boolean): LiveTable {
  const progress = createProgress(quiet);
  const columns = tableColumns(cells).filter(({ heading }) => !LEFT_OUT.has(heading));
  const line = (texts: readonly string[]) =>
    texts
      .map((text) => text.padEnd(WIDTH))
      .join(" ")
      .trimEnd();
  const known = cells.filter(({ id }) => results.has(id)).length;
  if (known > 0) progress.note(`${known} of ${cells.length} cells are there already`);
  progress.note(line(columns.map(({ heading }) => heading)));
  let done = 0;
  return {
    show(cell) {
      done++;
      const row = tableRows(cells, results).find((candidate) => candidate.cells.includes(cell));
      if (row?.results.every((result) => result !== undefined)) {
        progress.note(line(columns.map(({ text }) => text(row))));
      }
      progress.update({
        phase: "cells",
        done,
        total: cells.length - known,
        detail: `${known + done} of ${cells.length}`,
      });
    },
    stop: () => progress.stop(),
  };
}
