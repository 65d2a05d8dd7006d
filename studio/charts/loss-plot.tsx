/** A line of a plot that grows while it is looked at. */
export interface PlotLine {
  readonly name: string;
  /** Class of the line's colour: "first" or "second". */
  readonly look: "first" | "second";
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

const [WIDTH, HEIGHT] = [520, 200];
const MARGIN = { left: 70, right: 10, top: 8, bottom: 34 };

/** Lines over a logarithmic axis, drawn anew at every message of a worker: too often for a chart of the report. */
export function LossPlot({ lines, xTitle }: { lines: readonly PlotLine[]; xTitle: string }) {
  const all = lines.flatMap(({ points }) => points);
  if (all.length < 2) return <p class="plot-empty">The curve begins after the first epoch.</p>;
  const right = Math.max(...all.map(({ x }) => x));
  const left = Math.min(...all.map(({ x }) => x));
  const low = Math.log10(Math.min(...all.map(({ y }) => y)));
  const high = Math.max(Math.log10(Math.max(...all.map(({ y }) => y))), low + 0.01);
  const across = (x: number) => MARGIN.left + ((x - left) / (right - left || 1)) * (WIDTH - MARGIN.left - MARGIN.right);
  const up = (y: number) =>
    MARGIN.top + ((high - Math.log10(y)) / (high - low)) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const last = lines.map(({ name, points }) => `${name} ${points.at(-1)?.y.toFixed(4) ?? ""}`).join(", ");
  return (
    <svg class="plot" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`Loss by ${xTitle}: ${last}`}>
      {[0, 0.5, 1].map((share) => {
        const y = 10 ** (low + share * (high - low));
        return (
          <g key={share}>
            <line class="grid" x1={MARGIN.left} x2={WIDTH - MARGIN.right} y1={up(y)} y2={up(y)} />
            <text x={MARGIN.left - 6} y={up(y) + 4} text-anchor="end">
              {y.toPrecision(3)}
            </text>
          </g>
        );
      })}
      {[left, right].map((x, k) => (
        <text key={k === 0 ? "left" : "right"} x={across(x)} y={HEIGHT - 18} text-anchor={k === 0 ? "start" : "end"}>
          {Math.round(x)}
        </text>
      ))}
      <text x={(MARGIN.left + WIDTH) / 2} y={HEIGHT - 4} text-anchor="middle">
        {xTitle}
      </text>
      <text x={-(MARGIN.top + HEIGHT - MARGIN.bottom) / 2} y={12} transform="rotate(-90)" text-anchor="middle">
        loss
      </text>
      {lines.map(({ name, look, points }) => (
        <polyline key={name} class={look} points={points.map(({ x, y }) => `${across(x)},${up(y)}`).join(" ")} />
      ))}
    </svg>
  );
}
