import { ConfigError } from "../errors.ts";
import { suggestion } from "./nearest-name.ts";
import type { Column } from "./tables.ts";

/** Columns asked for by name or by pattern. */
export interface MatchedColumns {
  /** All of them, each once, in the order asked for; those of one pattern in the order of the tables. */
  readonly columns: readonly Column[];
  /** Those of them that were asked for by their very name. */
  readonly named: ReadonlySet<Column>;
}

/** How many columns a message lists before it stops listing them. */
const listed = 8;

/**
 * The columns that `patterns` ask for.
 *
 * A pattern is a column's name, bare or qualified (`critical_temp`, `train.critical_temp`), or one with `*` for any
 * characters and `?` for any one (`unique_m.*`, `*_mean`), or several of these with commas between. A name that is
 * there as it stands is never taken for anything else.
 *
 * @param role What the columns are asked for, as it should appear in messages: "features".
 * @throws ConfigError for a name that no column has, one that several tables have, and a pattern that matches nothing.
 */
export function matchColumns(all: readonly Column[], patterns: readonly string[], role: string): MatchedColumns {
  const columns = new Set<Column>();
  const named = new Set<Column>();
  for (const pattern of patterns.flatMap((text) => splitList(all, text))) {
    if (isGlob(all, pattern)) {
      for (const column of matchGlob(all, pattern, role)) columns.add(column);
    } else {
      const column = findColumn(all, pattern, role);
      columns.add(column);
      named.add(column);
    }
  }
  return { columns: [...columns], named };
}

/**
 * The column called `name`, bare or qualified.
 *
 * @throws ConfigError when there is none (naming one that is called nearly the same), or when several tables have one.
 */
export function findColumn(all: readonly Column[], name: string, role: string): Column {
  const found = all.filter((column) => isCalled(column, name));
  if (found.length === 1) return found[0] as Column;
  if (found.length > 1) {
    const choices = found.map(({ qualifiedName }) => qualifiedName).join(" or ");
    throw new ConfigError(`${role}: '${name}' is in several tables: say ${choices}`);
  }
  const names = all.flatMap(({ label, qualifiedName }) => [label, qualifiedName]);
  const hint = suggestion(name, names);
  throw new ConfigError(`${role}: no column is called '${name}'${hint || list(all)}`);
}

function matchGlob(all: readonly Column[], pattern: string, role: string): Column[] {
  const source = pattern.replaceAll(/[\\^$.*+?()[\]{}|]/g, (c) => (c === "*" ? ".*" : c === "?" ? "." : `\\${c}`));
  const expression = new RegExp(`^${source}$`, "s");
  const found = all.filter(({ name, qualifiedName }) => expression.test(name) || expression.test(qualifiedName));
  if (found.length === 0) throw new ConfigError(`${role}: no column matches '${pattern}'${list(all)}`);
  return found;
}

function splitList(all: readonly Column[], text: string): string[] {
  if (all.some((column) => isCalled(column, text))) return [text];
  const parts = text.split(",").map((part) => part.trim());
  return parts.filter((part) => part !== "");
}

function isGlob(all: readonly Column[], pattern: string): boolean {
  return /[*?]/.test(pattern) && !all.some((column) => isCalled(column, pattern));
}

function isCalled({ name, qualifiedName }: Column, text: string): boolean {
  return name === text || qualifiedName === text;
}

function list(all: readonly Column[]): string {
  return all.length > listed ? "" : `; there are ${all.map(({ label }) => label).join(", ")}`;
}
