import type { TopLevelSpec } from "vega-lite";
import { colour } from "./theme.ts";

/** One cell of a matrix between −1 and 1. */
export interface Cell {
  readonly row: string;
  readonly column: string;
  readonly value: number;
  /** Said beside the value. */
  readonly note?: string;
}

/** How a matrix is drawn. */
export interface MatrixLook {
  readonly rowTitle: string;
  readonly columnTitle: string;
  readonly valueTitle: string;
  /** Rows and columns, in the order in which they are to stand. */
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** Whether values have a sign; else they lie between 0 and `most`. */
  readonly signed: boolean;
  /** The value that is drawn in full colour; 1 by default. */
  readonly most?: number;
  /** Writes the values into the cells; by default where there are few columns. */
  readonly text?: boolean;
  /** Height and width of a cell in pixels. */
  readonly cell?: { readonly height: number; readonly width: number };
}

/**
 * A heat map of a matrix: hue by sign, strength of colour by size, so that zero is the ground in light and dark alike.
 *
 * @param cells Any subset of rows × columns; what is missing stays empty.
 */
export function signedMatrix(cells: readonly Cell[], look: MatrixLook): TopLevelSpec {
  const { rowTitle, columnTitle, valueTitle, rows, columns, signed, most = 1 } = look;
  const { height, width } = look.cell ?? defaultCell(rows.length, columns.length);
  const text = look.text ?? (columns.length <= 12 && height >= 16);
  const values = cells.map(({ row, column, value, note }) => ({
    ...(note && { note }),
    row,
    column,
    value,
    sign: value < 0 ? "negative" : "positive",
    size: Math.min(Math.abs(value), most),
  }));
  const position = {
    y: { field: "row", type: "nominal", sort: [...rows], title: rowTitle, axis: axis(height) },
    x: {
      field: "column",
      type: "nominal",
      sort: [...columns],
      title: columnTitle,
      axis: { ...axis(width), orient: "top", ...(longest(columns) * LETTER > width ? {} : { labelAngle: 0 }) },
    },
  } as const;
  const description = {
    expr: `datum.row + ', ' + datum.column + ': ' + format(datum.value, '${signed ? "+" : ""}.3~r') + (datum.note ? '; ' + datum.note : '')`,
  };
  return {
    data: { values },
    height: { step: height },
    width: { step: width },
    encoding: position,
    layer: [
      {
        mark: { type: "rect", stroke: colour("ground"), strokeWidth: height >= 12 ? 1 : 0, description },
        encoding: {
          fill: {
            field: "sign",
            type: "nominal",
            scale: { domain: ["positive", "negative"], range: [colour("first"), colour("second")] },
            legend: signed && !text ? { title: null, orient: "bottom" } : null,
          },
          opacity: {
            field: "size",
            type: "quantitative",
            scale: { domain: [0, most], range: [0.03, 1] },
            legend: text ? null : strengthLegend(valueTitle, most),
          },
        },
      },
      ...(text ? [cellLabels(most, signed)] : []),
    ],
  };
}

/** What the strengths of colour mean; cells with their values written in them need no such legend. */
function strengthLegend(title: string, most: number) {
  const values = [most / 4, most / 2, (3 * most) / 4, most];
  const symbol = { type: "symbol", symbolType: "square", symbolFillColor: colour("first") } as const;
  return { title, orient: "bottom", labelExpr: "format(datum.value, '.3~r')", values, ...symbol } as const;
}

function cellLabels(most: number, signed: boolean) {
  return {
    mark: { type: "text", fontSize: 10, aria: false },
    encoding: {
      text: { field: "value", type: "quantitative", format: signed ? "+.2f" : ".2f" },
      color: { condition: { test: `datum.size > ${0.6 * most}`, value: colour("ground") }, value: colour("ink") },
    },
  } as const;
}

/** Width of a letter of an axis label in pixels, about. */
const LETTER = 7;

const longest = (names: readonly string[]) => Math.max(...names.map(({ length }) => length));

const axis = (step: number) => ({
  domain: false,
  ticks: false,
  labelOverlap: step < 10 ? ("greedy" as const) : (false as const),
});

function defaultCell(rows: number, columns: number) {
  return { height: rows <= 40 ? 20 : rows <= 120 ? 13 : 5, width: columns <= 12 ? 44 : columns <= 30 ? 26 : 14 };
}
