import { useState } from "preact/hooks";
import type { Role, Roles } from "../tables/roles.ts";
import type { TableSummary } from "./summary.ts";

const ROLES: Readonly<Record<Role, string>> = {
  feature: "feature",
  target: "target",
  task: "task of the row",
  none: "left out",
};

interface Props {
  readonly table: TableSummary;
  readonly roles: Roles;
  readonly change: (roles: Roles) => void;
}

/** The columns of a table with what each is for, and its first rows. */
export function ColumnPicker({ table, roles, change }: Props) {
  const [filter, setFilter] = useState("");
  const { columns, preview } = table;
  const shown = columns.filter(({ name }) => name.toLowerCase().includes(filter.toLowerCase()));
  const count = (role: Role) => columns.filter(({ name }) => roles[name] === role).length;
  const setAll = (role: Role) =>
    change({
      ...roles,
      ...Object.fromEntries(shown.filter(({ kind }) => kind === "numbers").map(({ name }) => [name, role])),
    });
  return (
    <section>
      <h2>What each column is for</h2>
      <p class="note">
        {table.source}: {table.rows.toLocaleString("en")} rows, {columns.length} columns. {count("feature")}{" "}
        {count("feature") === 1 ? "feature" : "features"}, {count("target")}{" "}
        {count("target") === 1 ? "target" : "targets"}
        {count("task") > 0 ? ", one column of tasks: every row has the target of its own task" : ""}.
      </p>
      <div class="picker-tools">
        <label>
          Columns whose name has{" "}
          <input type="text" value={filter} onInput={({ currentTarget }) => setFilter(currentTarget.value)} />
        </label>
        <span>
          Set the {shown.length} shown to{" "}
          {(["feature", "target", "none"] as const).map((role) => (
            <button key={role} type="button" onClick={() => setAll(role)}>
              {ROLES[role]}
            </button>
          ))}
        </span>
      </div>
      <section class="numbers picker" tabIndex={0} aria-label="Columns and first rows">
        <table>
          <thead>
            <tr>
              <th scope="col">column</th>
              <th scope="col">is</th>
              <th scope="col">values</th>
              <th scope="col">missing</th>
              <th scope="col" colSpan={Math.max(1, preview.length)}>
                first rows
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, kind, content, missing, problem }) => (
              <tr key={name} class={roles[name]}>
                <th scope="row">{name}</th>
                <td>
                  <select
                    aria-label={`What ${name} is`}
                    value={roles[name]}
                    onChange={({ currentTarget }) => change({ ...roles, [name]: currentTarget.value as Role })}
                  >
                    {(Object.keys(ROLES) as Role[]).map((role) => (
                      <option
                        key={role}
                        value={role}
                        disabled={kind === "text" && (role === "feature" || role === "target")}
                      >
                        {ROLES[role]}
                      </option>
                    ))}
                  </select>
                </td>
                <td>{problem ?? content}</td>
                <td>{missing === 0 ? "–" : missing}</td>
                {preview.map((row, i) => (
                  <td key={`row${i + 1}`} class="preview">
                    {row[columns.findIndex((column) => column.name === name)]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
