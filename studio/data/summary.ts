import type { FittedModel } from "../../src/model/fitted-model.ts";
import { latentTargetCorrelation } from "../../src/report/charts/causes-and-effects.ts";
import type { ReportSection } from "../../src/report/report.ts";
import type { RenderedChart } from "../charts/rendered-chart.ts";
import type { Roles } from "../tables/roles.ts";
import type { Column, Table } from "../tables/table.ts";

/** A table as the page shows it. */
export interface TableSummary {
  readonly source: string;
  readonly rows: number;
  readonly columns: readonly ColumnSummary[];
  /** The first rows as text. */
  readonly preview: readonly (readonly string[])[];
  readonly roles: Roles;
}

export interface ColumnSummary {
  readonly name: string;
  readonly kind: Column["kind"];
  readonly missing: number;
  /** Its range, or how many different texts it has. */
  readonly content: string;
  /** Why it is none of numbers though most of its values are. */
  readonly problem?: string;
}

/** A run as the page explores it. */
export interface RunSummary {
  readonly id: number;
  readonly name: string;
  readonly latents: number;
  readonly targets: readonly string[];
  /** Whether the rows are at hand: latents can be drawn and saved. */
  readonly hasRows: boolean;
  /** null where it is not tested, because the encoder was refined for it. */
  readonly modelHolds: boolean | null;
  /** What it was computed on; absent for a model that was opened. */
  readonly computedBy?: string;
  /** T × d, row-major. */
  readonly correlation: Float64Array;
  readonly pCause: Float64Array;
  readonly pEffect: Float64Array;
}

/** A report as it comes: its summary first, then each section, followed by its charts one by one. */
export type ReportPart =
  | { readonly summary: readonly string[] }
  | { readonly section: Omit<ReportSection, "charts"> }
  | { readonly chart: RenderedChart; readonly of: ReportSection["id"] }
  | { readonly end: true };

/** A section of a report as far as it has been drawn. */
export interface DrawnSection extends Omit<ReportSection, "charts"> {
  readonly charts: readonly RenderedChart[];
}

const PREVIEW_ROWS = 8;

/** What the page shows of a table. */
export function summariseTable({ source, rows, columns }: Table, roles: Roles): TableSummary {
  const preview = Array.from({ length: Math.min(rows, PREVIEW_ROWS) }, (_, i) =>
    columns.map((column) => cell(column, i)),
  );
  return { source, rows, columns: columns.map(summariseColumn), preview, roles };
}

function cell({ kind, values }: Column, row: number): string {
  const value = values[row];
  if (kind === "text") return String(value);
  return Number.isNaN(value) ? "–" : String(Number((value as number).toPrecision(5)));
}

function summariseColumn(column: Column): ColumnSummary {
  const { name, kind, values } = column;
  if (column.kind === "text") {
    const different = new Set(column.values).size;
    const missing = column.values.filter((value) => value.trim() === "").length;
    const { odd } = column;
    const problem = odd && `row ${odd.row}: '${odd.text}' is not a number`;
    return { name, kind, missing, content: `${different} different texts`, ...(problem && { problem }) };
  }
  let [low, high, missing] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of values as Float64Array) {
    if (Number.isNaN(value)) missing++;
    else [low, high] = [Math.min(low, value), Math.max(high, value)];
  }
  return { name, kind, missing, content: low > high ? "empty" : `${short(low)} … ${short(high)}` };
}

const short = (value: number) => String(Number(value.toPrecision(3)));

/** What the page explores of a run. */
export function summariseRun(
  id: number,
  held: { readonly name: string; readonly model: FittedModel; readonly rows?: unknown; readonly computedBy?: string },
): RunSummary {
  const { name, model, rows, computedBy } = held;
  const { mtlcm, certificate, taskNames, moments } = model;
  return {
    id,
    name,
    latents: mtlcm.explained.length,
    targets: taskNames,
    hasRows: rows !== undefined,
    ...(computedBy && { computedBy }),
    modelHolds: certificate.modelHolds,
    correlation: latentTargetCorrelation(moments).data,
    pCause: mtlcm.pCause.data,
    pEffect: mtlcm.pEffect.data,
  };
}
