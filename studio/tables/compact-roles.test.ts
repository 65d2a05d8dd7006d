import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { columnsKey, compactRoles, rolesFrom } from "./compact-roles.ts";
import type { Role } from "./roles.ts";

const NAMES = ["task", ...Array.from({ length: 40 }, (_, j) => `x${j}`), "y"];
const ROLES = Object.fromEntries(
  NAMES.map((name): [string, Role] => [name, name === "task" ? "task" : name === "y" ? "target" : "feature"]),
);

describe("roles in an address", () => {
  it("are short, and come back", () => {
    expect(compactRoles(NAMES, ROLES)).toBe("t40fy");
    fc.assert(
      fc.property(fc.array(fc.constantFrom<Role>("feature", "target", "task", "none"), { minLength: 1 }), (list) => {
        const names = list.map((_, i) => `c${i}`);
        const roles = Object.fromEntries(names.map((name, i) => [name, list[i] as Role]));
        expect(rolesFrom(compactRoles(names, roles), names)).toEqual(roles);
      }),
    );
  });

  it("are refused where they are not about these columns, or no roles at all", () => {
    for (const text of ["t40f", "t41fy", "", "x", "999999999f", "40"]) expect(rolesFrom(text, NAMES)).toBeUndefined();
  });

  it("belong to columns of these names in this order", () => {
    expect(columnsKey(NAMES)).toMatch(/^[0-9a-f]{8}$/);
    expect(columnsKey(NAMES)).toBe(columnsKey([...NAMES]));
    expect(columnsKey(NAMES)).not.toBe(columnsKey([...NAMES].reverse()));
    expect(columnsKey(["ab", "c"])).not.toBe(columnsKey(["a", "bc"]));
  });
});
