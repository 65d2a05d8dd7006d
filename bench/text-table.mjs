const COLUMNS = ["what", "ours", "accuracy", "peer", "its time", "accuracy", "ratio", "by CPU", "required"];

/**
 * The lines of a Markdown table of results.
 *
 * A result is `{ what, ours, peer, theirs, required }`: `ours` and `theirs` are `{ seconds, cpuSeconds, accuracy }`, any
 * of which may be left out, `{ value }` for a figure that is no time, or `{ missing }`; `required` is `{ text, met }`.
 */
export function tableLines(results) {
  const cells = [COLUMNS, ...results.map(cellsOf)];
  const widths = COLUMNS.map((_, j) => Math.max(3, ...cells.map((row) => row[j].length)));
  const line = (row) => `| ${row.map((cell, j) => cell.padEnd(widths[j])).join(" | ")} |`;
  const rule = line(widths.map((width) => "-".repeat(width)));
  return [line(cells[0]), rule, ...cells.slice(1).map(line)];
}

function cellsOf({ what, ours, peer = "", theirs, required }) {
  return [
    what,
    figure(ours),
    accuracy(ours),
    peer,
    figure(theirs),
    accuracy(theirs),
    ratio(theirs?.seconds, ours?.seconds),
    ratio(theirs?.cpuSeconds, ours?.cpuSeconds),
    required === undefined ? "" : `${required.text}: ${required.met ? "met" : "not met"}`,
  ];
}

function figure(measured) {
  if (measured === undefined) return "";
  if (measured.missing !== undefined) return `missing (${measured.missing})`;
  if (measured.value !== undefined) return measured.value;
  return `${duration(measured.seconds)}${measured.scaled ? " (scaled)" : ""}`;
}

/** Seconds in a unit that suits them, to three digits. */
export function duration(seconds) {
  const [value, unit] = seconds < 1e-3 ? [seconds * 1e6, "µs"] : seconds < 1 ? [seconds * 1e3, "ms"] : [seconds, "s"];
  return `${value < 100 ? value.toPrecision(3) : Math.round(value)} ${unit}`;
}

const accuracy = (measured) => (measured?.accuracy === undefined ? "" : measured.accuracy.toFixed(4));

function ratio(theirs, ours) {
  if (theirs === undefined || ours === undefined) return "";
  const value = theirs / ours;
  return `${value < 100 ? value.toPrecision(2) : Math.round(value).toLocaleString("en")}×`;
}
