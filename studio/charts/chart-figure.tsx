import { useState } from "preact/hooks";
import type { RenderedChart } from "./rendered-chart.ts";

/** A chart of the report in the page: its picture, buttons to save it, its numbers. Hover and saving: the report's own script. */
export function ChartFigure({ chart, prefix = "" }: { readonly chart: RenderedChart; readonly prefix?: string }) {
  const { id, title, caption, svg, columns, rows } = chart;
  return (
    <figure id={prefix + id} class="chart-figure">
      <h3>{title}</h3>
      <figcaption>{caption}</figcaption>
      <div class="chart" tabIndex={0} role="img" aria-label={`${title}. ${caption}`}>
        <div aria-hidden="true" dangerouslySetInnerHTML={{ __html: svg }} />
      </div>
      <div class="tools">
        <button type="button" data-save="svg">
          Save as SVG
        </button>
        <button type="button" data-save="png">
          Save as PNG
        </button>
        <Numbers title={title} columns={columns} rows={rows} />
      </div>
    </figure>
  );
}

/** The chart's numbers, which are in the page only while they are looked at. */
function Numbers({ title, columns, rows }: Pick<RenderedChart, "title" | "columns" | "rows">) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Numbers</summary>
      {isOpen && (
        <section class="numbers" tabIndex={0} aria-label={`${title}, numbers`}>
          <table>
            <thead>
              <tr>
                {columns.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row, i) => (
                <tr key={i}>
                  {row.map((cell, j) =>
                    j === 0 ? (
                      <th key={columns[j]} scope="row">
                        {cell}
                      </th>
                    ) : (
                      <td key={columns[j]}>{cell}</td>
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </details>
  );
}
