import { rowStream } from "../nn/row-stream.ts";
import type { Random } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";

/** Whole tasks in one batch, each with the same number of slots; a slot beyond a task's rows is empty. */
export interface TaskBatch {
  /** The tasks, m of them. */
  readonly tasks: Int32Array;
  /** Row numbers, m × slots; an empty slot names row 0. */
  readonly rows: Int32Array;
  /** 1 / (rows of its task) for a row, 0 for an empty slot: they sum to 1 over each task. */
  readonly share: Float32Array;
  /** Rows in each task's slots, m. */
  readonly count: Float64Array;
}

/** Which rows of `rows` belong to each task, T lists. */
export function rowsByTask({ task, taskNames }: LongTargets, rows: Int32Array): Int32Array[] {
  const lists: number[][] = taskNames.map(() => []);
  for (const row of rows) lists[task[row]].push(row);
  return lists.map((list) => Int32Array.from(list));
}

/** The batch of these tasks; of a task with more rows than slots, those that `choose` picks, the first ones by default. */
export function taskBatch(
  lists: readonly Int32Array[],
  tasks: Int32Array,
  slots: number,
  choose: (rows: Int32Array, task: number) => Int32Array = (rows) => rows,
): TaskBatch {
  const rows = new Int32Array(tasks.length * slots);
  const share = new Float32Array(tasks.length * slots);
  const count = new Float64Array(tasks.length);
  tasks.forEach((t, k) => {
    const own = lists[t].length > slots ? choose(lists[t], t).subarray(0, slots) : lists[t];
    count[k] = own.length;
    rows.set(own, k * slots);
    share.fill(1 / own.length, k * slots, k * slots + own.length);
  });
  return { tasks, rows, share, count };
}

/**
 * An endless stream of batches of whole tasks in random order, every task once in each pass. Of a task with more rows than
 * slots a random choice is taken, a new one every time. Batch number `step` depends on the seed and on `step` alone.
 * @param lists - the rows of each task, T lists, none of them empty
 */
export function taskStream(
  lists: readonly Int32Array[],
  { tasksPerBatch, slots }: TaskBatchSize,
  random: Random,
): (step: number) => TaskBatch {
  const all = Int32Array.from(lists, (_, t) => t);
  const order = rowStream(all, tasksPerBatch, random.split("tasks"));
  const rows = random.split("rows");
  return (step) =>
    taskBatch(lists, order(step), slots, (own, t) => {
      const chosen = rows.split(step).split(t).permutation(own.length);
      return chosen.map((position) => own[position]);
    });
}

/** How many tasks a batch has, and how many rows each may bring. */
export interface TaskBatchSize {
  readonly tasksPerBatch: number;
  readonly slots: number;
}

/** As many whole tasks as about `batchSize` rows hold, at least one and at most all; a task brings at most `batchSize`. */
export function taskBatchSize(lists: readonly Int32Array[], batchSize: number): TaskBatchSize {
  const slots = Math.min(batchSize, Math.max(...lists.map(({ length }) => length)));
  return { slots, tasksPerBatch: Math.max(1, Math.min(lists.length, Math.round(batchSize / slots))) };
}
