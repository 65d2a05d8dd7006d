interface Props {
  /** Numbers between 0 and 1, row-major. */
  readonly values: Float32Array;
  /** Names of the columns, and of the rows where these are to have names. */
  readonly columns: readonly string[];
  readonly rows?: readonly string[];
  readonly across: string;
  readonly down: string;
  /** The picture in words. */
  readonly label: string;
  readonly mcc?: number;
}

const [LEFT, TOP] = [46, 34];

/** A heat map that is drawn anew many times a second: 0 is the ground, 1 full colour. */
export function HeatMap({ values, columns, rows, across, down, label, mcc }: Props) {
  const cols = columns.length;
  const count = values.length / cols;
  const cell = Math.max(16, Math.min(50, Math.floor(400 / cols)));
  const [width, height] = [cols * cell, count * cell];
  const isNamed = (k: number) => cell >= 26 || k % 2 === 0;
  return (
    <svg
      class="recovery"
      width={LEFT + width + 2}
      viewBox={`0 0 ${LEFT + width + 2} ${TOP + height + 2}`}
      role="img"
      aria-label={label}
      data-mcc={mcc?.toFixed(4)}
    >
      <text x={LEFT + width / 2} y={12} text-anchor="middle">
        {across}
      </text>
      {columns.map((name, k) => (
        <text key={name} x={LEFT + (k + 0.5) * cell} y={TOP - 6} text-anchor="middle">
          {isNamed(k) ? name : ""}
        </text>
      ))}
      <text x={-(TOP + height / 2)} y={12} transform="rotate(-90)" text-anchor="middle">
        {down}
      </text>
      {rows?.map((name, k) => (
        <text key={name} x={LEFT - 5} y={TOP + (k + 0.5) * cell + 4} text-anchor="end">
          {isNamed(k) ? name : ""}
        </text>
      ))}
      {Array.from(values, (value, at) => {
        const [x, y] = [LEFT + (at % cols) * cell, TOP + Math.floor(at / cols) * cell];
        return (
          <g key={at}>
            <rect x={x + 0.5} y={y + 0.5} width={cell - 1} height={cell - 1} fill-opacity={value} />
            {cell >= 34 && (
              <text class={value > 0.6 ? "on" : ""} x={x + cell / 2} y={y + cell / 2 + 4} text-anchor="middle">
                {value.toFixed(2).replace(/^0/, "")}
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
