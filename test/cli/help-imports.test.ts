import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const source = fileURLToPath(new URL("../../src", import.meta.url));

/** What a module imports before any of it runs: no types, and nothing that `import()` loads when it is called for. */
function staticImports(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export)\s+(?!type\b)(?:([^;"]*?)\s+from\s+)?"([^"]+)";/gm);
  return [...statements]
    .filter(([, names = ""]) => !/^\{(\s*type\s+[^,]+,?)+\s*\}$/.test(names))
    .map(([, , from]) => from as string);
}

/** Every module that is loaded with `entry`, by its path in src/, and every package. */
function closure(entry: string): { modules: Set<string>; packages: Set<string> } {
  const modules = new Set<string>();
  const packages = new Set<string>();
  const visit = (path: string) => {
    const name = relative(source, path);
    if (modules.has(name)) return;
    modules.add(name);
    for (const from of staticImports(readFileSync(path, "utf8"))) {
      if (from.startsWith(".")) visit(resolve(dirname(path), from));
      else if (!from.startsWith("node:")) packages.add(from);
    }
  };
  visit(resolve(source, entry));
  return { modules, packages };
}

describe("taskprism --help", () => {
  it("loads the commands' descriptions and the parser of options, and nothing that computes", () => {
    const { modules, packages } = closure("cli/main.ts");
    expect([...packages]).toEqual(["commander"]);
    const elsewhere = [...modules].filter((path) => !path.startsWith("cli/") && !path.startsWith("experiments/"));
    expect(elsewhere.sort()).toEqual(["errors.ts", "mtlcm/min-replicates.ts", "version.ts"]);
    // The commands themselves are among what was looked at.
    expect(modules).toContain("cli/fit.ts");
    expect(closure("cli/fit-run.ts").packages).toContain("zod");
  });

  it("is told apart from what is imported for its types or later", () => {
    const text = [
      'import { a } from "one";',
      'import type { B } from "two";',
      'import { type C, type D } from "three";',
      'import { type E, f } from "four";',
      'export { g } from "five";',
      'const h = await import("six");',
      'import "seven";',
    ].join("\n");
    expect(staticImports(text)).toEqual(["one", "four", "five", "seven"]);
  });
});
