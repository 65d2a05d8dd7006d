import { ShapeError } from "../errors.ts";
import { type Matrix, takeRows } from "../linalg/matrix.ts";
import type { CorrelationKind } from "../stats/correlation.ts";
import { type Mcc, strongMcc } from "./mcc.ts";

/** Fewest rows with which a task is scored: through two points every correlation is ±1. */
export const MIN_ROWS = 3;

/** The strong MCC of one task. */
export interface TaskMcc extends Mcc {
  readonly task: number;
  readonly rows: number;
}

/** Strong MCCs task by task. */
export interface PerTaskMcc {
  /** Mean over the scored tasks, each counting the same whatever its size; NaN when none could be scored. */
  readonly score: number;
  readonly tasks: readonly TaskMcc[];
  /** Tasks that occur with fewer than `MIN_ROWS` rows and were left out. */
  readonly skipped: readonly number[];
}

/**
 * The strong MCC within every task, each with an assignment of its own, then their mean: the convention of the code
 * released with Chen et al. 2024, kept to be comparable with its tables.
 *
 * It flatters. Matching anew in each task rewards chance, and within a task all effects are close to multiples of the
 * one y, so that raw, unlearned features already score near .8 (method: section 6). Always print its null line.
 *
 * @param left rows × d₁.  @param right rows × d₂, the same rows.  @param task index of the task of every row.
 * @throws ShapeError when rows and task indices differ in number; otherwise as `strongMcc`.
 */
export function strongMccPerTask(left: Matrix, right: Matrix, task: Int32Array, kind: CorrelationKind): PerTaskMcc {
  if (left.rows !== task.length || right.rows !== task.length) {
    throw new ShapeError(`strongMccPerTask: ${left.rows} and ${right.rows} rows, but ${task.length} task indices`);
  }
  const groups = [...rowsByTask(task)].sort(([a], [b]) => a - b);
  const tasks = groups
    .filter(([, rows]) => rows.length >= MIN_ROWS)
    .map(([t, rows]) => ({
      task: t,
      rows: rows.length,
      ...strongMcc(takeRows(left, rows), takeRows(right, rows), kind),
    }));
  return {
    score: tasks.reduce((sum, { score }) => sum + score, 0) / tasks.length,
    tasks,
    skipped: groups.filter(([, rows]) => rows.length < MIN_ROWS).map(([t]) => t),
  };
}

function rowsByTask(task: Int32Array): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  task.forEach((t, row) => {
    const rows = groups.get(t);
    if (rows) rows.push(row);
    else groups.set(t, [row]);
  });
  return groups;
}
