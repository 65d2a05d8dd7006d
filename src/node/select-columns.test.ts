import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ConfigError, TaskprismError } from "../errors.ts";
import { matchColumns } from "./column-patterns.ts";
import { type ColumnRequest, selectColumns } from "./select-columns.ts";
import { openTables, type TableSet } from "./tables.ts";

let folder = "";
let tables: TableSet;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "select-columns-"));
  writeFileSync(join(folder, "train.csv"), "x_mean,y_mean,x_std,Tc,name\n1,2,3,4,ox\n5,6,7,8,Ähre\n");
  writeFileSync(join(folder, "unique.csv"), 'H,O,Tc,"a,b"\n1,2,3,4\n5,z,7,8\n');
  tables = await openTables([join(folder, "train.csv"), join(folder, "unique.csv")]);
});
afterAll(() => {
  tables.close();
  rmSync(folder, { recursive: true });
});

const labels = (columns: readonly { label: string }[]) => columns.map(({ label }) => label);
const match = (...patterns: string[]) => labels(matchColumns(tables.columns, patterns, "features").columns);

/** The selection, by labels; targets in one list. */
async function select(request: ColumnRequest) {
  const { features, targets, rowName, notices } = await selectColumns(tables, request);
  const used = targets.layout === "wide" ? targets.columns : [targets.task, targets.target];
  return {
    features: labels(features),
    targets: labels(used),
    rowName: rowName?.label,
    notices: notices.map((notice) => notice.replaceAll(`${folder}/`, "")),
  };
}

async function refusal(request: ColumnRequest): Promise<string> {
  const error = await selectColumns(tables, request).catch((refused: unknown) => refused);
  if (!(error instanceof TaskprismError)) throw error;
  return error.message.replaceAll(`${folder}/`, "");
}

describe("matchColumns", () => {
  it("finds columns by bare name, qualified name, pattern and list, each once and in the order asked for", () => {
    expect(match("H")).toEqual(["H"]);
    expect(match("train.Tc")).toEqual(["train.Tc"]);
    expect(match("*_mean")).toEqual(["x_mean", "y_mean"]);
    expect(match("unique.*")).toEqual(["H", "O", "unique.Tc", "a,b"]);
    expect(match("?_std, H")).toEqual(["x_std", "H"]);
    expect(match("y_mean,*_mean", "x_std")).toEqual(["y_mean", "x_mean", "x_std"]);
    expect(match("Tc*")).toEqual(["train.Tc", "unique.Tc"]);
  });

  it("takes a name that is there for that column, not for a list", () => {
    expect(match("a,b")).toEqual(["a,b"]);
  });

  it("takes no character but * and ? for a pattern", () => {
    expect(() => match("x.mean")).toThrow(ConfigError);
    expect(() => match("[xy]_*")).toThrow(new ConfigError("features: no column matches '[xy]_*'"));
  });

  it("says what is wrong with a name or a pattern", () => {
    expect(() => match("x_maen")).toThrow(
      new ConfigError("features: no column is called 'x_maen'; did you mean 'x_mean'?"),
    );
    expect(() => match("train.H")).toThrow(
      new ConfigError("features: no column is called 'train.H'; did you mean 'train.Tc'?"),
    );
    expect(() => match("Tc")).toThrow(
      new ConfigError("features: 'Tc' is in several tables: say train.Tc or unique.Tc"),
    );
    const few = tables.columns.slice(0, 3);
    expect(() => matchColumns(few, ["*_max"], "targets")).toThrow(
      new ConfigError("targets: no column matches '*_max'; there are x_mean, y_mean, x_std"),
    );
  });
});

describe("selectColumns", () => {
  const oxygen = `left out: unique.csv, row 2, column 'O': "z" is not a number`;
  const name = `left out: train.csv, row 1, column 'name': "ox" is not a number`;
  const copy = "unique.Tc is left out of the features: it is called as the target train.Tc";

  it("makes features of all numeric columns that have no other role, and says what it leaves out", async () => {
    expect(await select({ targets: ["train.Tc"] })).toEqual({
      features: ["x_mean", "y_mean", "x_std", "H", "a,b"],
      targets: ["train.Tc"],
      rowName: undefined,
      notices: [copy, name, oxygen],
    });
    expect(await select({ targets: ["*_mean"], drop: ["unique.*", "train.Tc"], rowName: "name" })).toEqual({
      features: ["x_std"],
      targets: ["x_mean", "y_mean"],
      rowName: "name",
      notices: [],
    });
  });

  it("takes the target's column out of what a pattern for features matches, and dropped ones out of targets", async () => {
    expect(await select({ features: ["train.*"], targets: ["train.Tc"] })).toMatchObject({
      features: ["x_mean", "y_mean", "x_std"],
      notices: [name],
    });
    expect(await select({ features: ["H"], targets: ["train.*"], drop: ["y_mean"] })).toMatchObject({
      targets: ["x_mean", "x_std", "train.Tc"],
    });
  });

  it("lets another table's column of a target's name be a feature when it is asked for by name", async () => {
    expect(await select({ features: ["unique.Tc"], targets: ["train.Tc"] })).toMatchObject({ features: ["unique.Tc"] });
  });

  it("gives the long layout a task column of any type and a numeric target", async () => {
    expect(await select({ task: "name", target: "train.Tc", drop: ["unique.*"] })).toEqual({
      features: ["x_mean", "y_mean", "x_std"],
      targets: ["name", "train.Tc"],
      rowName: undefined,
      notices: [],
    });
  });

  it("names the first row that holds text where a column asked for by name should hold numbers", async () => {
    const problem = `unique.csv, row 2, column 'O': "z" is not a number`;
    expect(await refusal({ features: ["O"], targets: ["train.Tc"] })).toBe(problem);
    expect(await refusal({ targets: ["H", "O"] })).toBe(problem);
    expect(await refusal({ task: "name", target: "O" })).toBe(problem);
  });

  it("refuses requests that contradict themselves", async () => {
    expect(await refusal({})).toBe(
      "targets: give the columns of the targets, or a task column together with a target column",
    );
    expect(await refusal({ target: "H" })).toBe(
      "targets: give the columns of the targets, or a task column together with a target column",
    );
    expect(await refusal({ targets: ["H"], task: "name" })).toBe(
      "targets: give either the columns of the targets, or a task column and a target column",
    );
    expect(await refusal({ task: "H", target: "H" })).toBe("'H' cannot be both the task and the target");
    expect(await refusal({ targets: ["H"], features: ["H"] })).toBe("'H' cannot be both a feature and a target");
    expect(await refusal({ targets: ["H"], features: ["x_std"], drop: ["x_std"] })).toBe(
      "'x_std' cannot be both a feature and dropped",
    );
    expect(await refusal({ targets: ["H"], drop: ["H"] })).toBe("'H' cannot be both a target and dropped");
    expect(await refusal({ targets: ["H"], drop: ["*"] })).toBe("features: no numeric column is left");
    expect(await refusal({ targets: ["nam*"] })).toBe("targets: no numeric column is left");
  });
});
