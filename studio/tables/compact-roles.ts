import type { Role, Roles } from "./roles.ts";

const LETTERS: Readonly<Record<Role, string>> = { feature: "f", target: "y", task: "t", none: "n" };
const ROLES = Object.fromEntries(Object.entries(LETTERS).map(([role, letter]) => [letter, role as Role]));

/** What an address calls a table: eight hexadecimal digits of its columns' names (FNV-1a), from which no name can be read. */
export function columnsKey(names: readonly string[]): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(JSON.stringify(names))) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** Roles in the order of the columns, one letter each and how often it is repeated: a task, 40 features, a target are "t40fy". */
export function compactRoles(names: readonly string[], roles: Roles): string {
  const letters = names.map((name) => LETTERS[roles[name] ?? "none"]).join("");
  return letters.replace(/(.)\1*/g, (run, letter) => (run.length > 1 ? run.length : "") + letter);
}

/** The roles that such a text says; undefined where it is not about so many columns. */
export function rolesFrom(text: string, names: readonly string[]): Roles | undefined {
  if (!/^(\d{0,6}[fytn])*$/.test(text)) return undefined;
  const runs = [...text.matchAll(/(\d*)([fytn])/g)].map(([, count, letter]) => ({
    count: count === "" ? 1 : Number(count),
    role: ROLES[letter as string] as Role,
  }));
  if (runs.reduce((sum, { count }) => sum + count, 0) !== names.length) return undefined;
  const roles = runs.flatMap(({ count, role }) => Array.from({ length: count }, () => role));
  return Object.fromEntries(names.map((name, i) => [name, roles[i] as Role]));
}
