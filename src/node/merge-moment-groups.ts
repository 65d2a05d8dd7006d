import { ShapeError } from "../errors.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { type Moments, mergeMoments } from "../stats/moments.ts";

/**
 * The moments of the union of disjoint tables, from the moments of each, group by group: what one pass over all rows
 * would have given, wherever and whenever each part was read.
 *
 * @param tables For each table its groups; tasks are told by their names and may be missing from some tables.
 * @returns The groups of the union; tasks in the order in which the tables first name them.
 * @throws ShapeError when the tables differ in the number of groups or in the width of h.
 */
export function mergeMomentGroups(tables: readonly (readonly Moments[])[]): Moments[] {
  const groupCount = tables[0]?.length ?? 0;
  const uneven = tables.find((groups) => groups.length !== groupCount);
  if (uneven) throw new ShapeError(`mergeMomentGroups: ${groupCount} groups and ${uneven.length} groups`);
  const taskNames = [...new Set(tables.flatMap((groups) => groups.flatMap((group) => group.taskNames)))];
  return Array.from({ length: groupCount }, (_, g) =>
    mergeMoments(tables.map((groups) => arrangeTasks(groups[g] as Moments, taskNames))),
  );
}

/** The moments with their tasks in the order of `taskNames`; a task that they lack has no rows. */
function arrangeTasks(moments: Moments, taskNames: readonly string[]): Moments {
  const index = new Map(moments.taskNames.map((name, t) => [name, t]));
  const places = taskNames.map((name) => index.get(name));
  const arrange = (from: Matrix) => {
    const to = matrix(taskNames.length, from.cols);
    places.forEach((place, t) => {
      if (place !== undefined)
        to.data.set(from.data.subarray(place * from.cols, (place + 1) * from.cols), t * from.cols);
    });
    return to;
  };
  const arrangeNumbers = (from: Float64Array) => arrange(matrix(from.length, 1, from)).data;
  return {
    ...moments,
    taskNames,
    count: arrangeNumbers(moments.count),
    meanH: arrange(moments.meanH),
    meanY: arrangeNumbers(moments.meanY),
    covH: arrange(moments.covH),
    covHY: arrange(moments.covHY),
    varY: arrangeNumbers(moments.varY),
  };
}
