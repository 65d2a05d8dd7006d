import { DataError } from "../errors.ts";
import type { Moments } from "../stats/moments.ts";
import type { DescribedMoments } from "./described-moments.ts";
import { mergeMomentGroups } from "./merge-moment-groups.ts";

/** Moments, and the file to name when they do not fit to others. */
export interface NamedMoments extends DescribedMoments {
  readonly path: string;
}

/**
 * The moments of all rows of several parts, group by group; tasks are matched by their names.
 *
 * @param parts At least one.
 * @throws DataError, naming the file, when parts differ in layout, in the columns of h (which are named), in the number of
 *   groups, in the tasks of wide data, or when two of them hold the rows of the same table.
 */
export function mergeDescribedMoments(parts: readonly NamedMoments[]): DescribedMoments {
  const [first] = parts as [NamedMoments];
  const groups: (readonly Moments[])[] = [];
  for (const part of parts) {
    checkSameKind(first, part);
    groups.push(part.groups);
  }
  checkSources(parts);
  return {
    layout: first.layout,
    columnNames: first.columnNames,
    sources: parts.flatMap(({ sources }) => sources),
    groups: mergeMomentGroups(groups),
  };
}

function checkSameKind(first: NamedMoments, part: NamedMoments): void {
  const refuse = (problem: string) => new DataError(problem, { source: part.path });
  if (part.layout !== first.layout) throw refuse(`holds ${part.layout} data, ${first.path} ${first.layout}`);
  const columns = difference(first.columnNames, part.columnNames);
  if (columns) throw refuse(`other columns than in ${first.path}: ${columns}`);
  const [groups, expected] = [part.groups.length, first.groups.length];
  if (groups !== expected) {
    throw refuse(`has ${groups} groups, ${first.path} ${expected}: make both with the same --groups`);
  }
  const targets = part.layout === "wide" && difference(tasksOf(first), tasksOf(part));
  if (targets) throw refuse(`other targets than in ${first.path}: ${targets}`);
}

const tasksOf = ({ groups }: DescribedMoments) => groups[0]?.taskNames ?? [];

/** How the second list of names differs from the first, in words; undefined when it does not. */
export function difference(first: readonly string[], second: readonly string[]): string | undefined {
  const lacking = first.filter((name) => !second.includes(name));
  const added = second.filter((name) => !first.includes(name));
  if (lacking.length > 0 || added.length > 0) {
    return [listed("it lacks", lacking), listed("it has besides", added)].filter((text) => text !== "").join("; ");
  }
  return first.join("\n") === second.join("\n") ? undefined : `the order is ${second.join(", ")}`;
}

/** How many names a message lists before it stops listing them. */
const SHOWN = 8;

function listed(words: string, names: readonly string[]): string {
  if (names.length === 0) return "";
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  return `${words} ${names.slice(0, SHOWN).join(", ")}${more}`;
}

/** Rows that are counted twice would make everything look surer than it is. */
function checkSources(parts: readonly NamedMoments[]): void {
  const seen = new Map<string, string>();
  for (const { path, sources } of parts) {
    for (const { file, fingerprint } of sources) {
      const before = seen.get(fingerprint);
      if (before !== undefined) {
        throw new DataError(`its rows of ${file} are in ${before} already and would count twice`, { source: path });
      }
    }
    for (const { fingerprint } of sources) seen.set(fingerprint, path);
  }
}
