import { type Matrix, takeRows } from "../linalg/matrix.ts";
import type { Moments } from "./moments.ts";

/** The moments of the tasks named by `tasks`, in that order; what is pooled over all rows stays. */
export function takeTasks(moments: Moments, tasks: readonly number[]): Moments {
  const rows = (a: Matrix) => takeRows(a, tasks);
  const numbers = (x: Float64Array) => Float64Array.from(tasks, (t) => x[t]);
  return {
    ...moments,
    taskNames: tasks.map((t) => moments.taskNames[t]),
    count: numbers(moments.count),
    meanH: rows(moments.meanH),
    meanY: numbers(moments.meanY),
    covH: rows(moments.covH),
    covHY: rows(moments.covHY),
    varY: numbers(moments.varY),
  };
}
