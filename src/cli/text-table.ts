import Table from "cli-table3";

/** How a table looks: no frame, two spaces between columns, so that it can be pasted anywhere. */
const PLAIN = {
  chars: {
    ...{ top: "", "top-mid": "", "top-left": "", "top-right": "", bottom: "", "bottom-mid": "", "bottom-left": "" },
    ...{
      "bottom-right": "",
      left: "",
      "left-mid": "",
      mid: "",
      "mid-mid": "",
      right: "",
      "right-mid": "",
      middle: "  ",
    },
  },
  style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
};

/** A column heading; numbers are set flush right. */
export interface Heading {
  readonly text: string;
  readonly align?: "left" | "right";
}

/** Rows of text under headings, as lines for the terminal. */
export function textTable(headings: readonly Heading[], rows: readonly (readonly string[])[]): string[] {
  const colAligns = headings.map(({ align = "left" }) => align);
  const table = new Table({ ...PLAIN, head: headings.map(({ text }) => text), colAligns });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd());
}
