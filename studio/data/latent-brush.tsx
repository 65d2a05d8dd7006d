import { useEffect, useRef, useState } from "preact/hooks";
import { type Brush, type Brushed, REACH, type Scatter, type WholeBrush } from "./brush.ts";

interface Props {
  readonly latents: number;
  /** Rows in the plane of latents i and j. */
  readonly scatter: (i: number, j: number) => Promise<Scatter>;
  readonly ask: (pair: readonly [number, number], brush: Brush) => Promise<Brushed>;
  /** Where it was left; undefined where it was never moved. */
  readonly kept: WholeBrush | undefined;
  readonly keep: (brush: WholeBrush) => void;
}

const SIZE = 340;
/** Milliseconds that a brush has to rest before the address keeps it. */
const PATIENCE = 400;
const START: Brush = { x: [0.5, REACH], y: [-REACH, REACH] };

/** Two latents against each other: drag a rectangle over rows, and see what these have in common. */
export function LatentBrush({ latents, scatter, ask, kept, keep }: Props) {
  const start = kept?.pair.every((j) => j < latents) ? kept : { ...START, pair: [0, 1] as const };
  const [pair, setPair] = useState<readonly [number, number]>(start.pair);
  const [points, setPoints] = useState<Scatter>();
  const [brush, setBrush] = useState<Brush>({ x: start.x, y: start.y });
  const [found, setFound] = useState<Brushed>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const from = useRef<readonly [number, number]>(null);

  useEffect(() => {
    let isCurrent = true;
    scatter(...pair).then((got) => isCurrent && setPoints(got));
    return () => {
      isCurrent = false;
    };
  }, [pair[0], pair[1]]);
  useEffect(() => {
    let isCurrent = true;
    ask(pair, brush).then((got) => isCurrent && setFound(got));
    return () => {
      isCurrent = false;
    };
  }, [pair[0], pair[1], brush]);
  useEffect(() => {
    if (pair.join() === start.pair.join() && brush.x.join() === start.x.join() && brush.y.join() === start.y.join())
      return;
    const timer = setTimeout(() => keep({ pair, ...brush }), PATIENCE);
    return () => clearTimeout(timer);
  }, [pair[0], pair[1], brush]);
  useEffect(() => {
    const redraw = () => canvas.current && points && draw(canvas.current, points, brush);
    redraw();
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", redraw);
    return () => dark.removeEventListener("change", redraw);
  }, [points, brush]);

  const at = (event: PointerEvent): readonly [number, number] => {
    const { left, top, width } = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const scaled = (pixels: number) => (pixels / width) * 2 * REACH - REACH;
    return [scaled(event.clientX - left), -scaled(event.clientY - top)];
  };
  const drag = (event: PointerEvent) => {
    const [start, end] = [from.current, at(event)];
    if (start) setBrush({ x: sorted(start[0], end[0]), y: sorted(start[1], end[1]) });
  };
  const choices = Array.from({ length: latents }, (_, j) => j);
  return (
    <section class="brush" aria-label="Brush latents">
      <h3>Brush the rows</h3>
      <p class="note">
        Drag a rectangle over the plane of two latents, or set its edges below: beside it stands where the rows inside
        differ most from all rows.
      </p>
      <div class="brush-parts">
        <div>
          <div class="fields">
            {(["across", "up"] as const).map((axis, k) => (
              <label key={axis}>
                {axis}{" "}
                <select
                  value={pair[k]}
                  onChange={({ currentTarget }) => {
                    const j = Number(currentTarget.value);
                    setPair(k === 0 ? [j, pair[1]] : [pair[0], j]);
                  }}
                >
                  {choices.map((j) => (
                    <option key={j} value={j}>
                      z{j}
                    </option>
                  ))}
                </select>
              </label>
            ))}
          </div>
          <canvas
            ref={canvas}
            width={2 * SIZE}
            height={2 * SIZE}
            role="img"
            aria-label={`Rows in the plane of z${pair[0]} and z${pair[1]}, ${found?.rows ?? 0} of them inside the brush`}
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              from.current = at(event);
            }}
            onPointerMove={drag}
            onPointerUp={(event) => {
              drag(event);
              from.current = null;
            }}
          />
          <details>
            <summary>Set the edges</summary>
            {(["x", "y"] as const).map((axis, k) =>
              ([0, 1] as const).map((end) => (
                <label key={`${axis}${end}`} class="row">
                  <span>
                    z{pair[k]} {end === 0 ? "from" : "to"} (sd)
                  </span>
                  <input
                    type="range"
                    min={-REACH}
                    max={REACH}
                    step={0.1}
                    value={brush[axis][end]}
                    onInput={({ currentTarget }) => {
                      const value = Number(currentTarget.value);
                      const other = brush[axis][1 - end] as number;
                      setBrush({
                        ...brush,
                        [axis]: end === 0 ? [Math.min(value, other), other] : [other, Math.max(value, other)],
                      });
                    }}
                  />
                  <output>{brush[axis][end].toFixed(1)}</output>
                </label>
              )),
            )}
          </details>
        </div>
        <div aria-live="polite">
          <p>{found === undefined ? "" : found.rows === 0 ? "No row is inside." : `${found.rows} rows inside:`}</p>
          {found !== undefined && found.rows > 0 && <Differences found={found} />}
        </div>
      </div>
    </section>
  );
}

function Differences({ found }: { readonly found: Brushed }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">column</th>
          <th scope="col">is</th>
          <th scope="col">mean, from that of all (sd)</th>
        </tr>
      </thead>
      <tbody>
        {found.differences.map(({ name, kind, difference }) => (
          <tr key={`${kind} ${name}`}>
            <th scope="row">{name}</th>
            <td>{kind}</td>
            <td>{(difference < 0 ? "−" : "+") + Math.abs(difference).toFixed(2)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const sorted = (a: number, b: number): readonly [number, number] => (a < b ? [a, b] : [b, a]);

function draw(canvas: HTMLCanvasElement, { x, y }: Scatter, brush: Brush): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name);
  const across = (value: number) => ((value + REACH) / (2 * REACH)) * canvas.width;
  const up = (value: number) => ((REACH - value) / (2 * REACH)) * canvas.height;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.strokeStyle = colour("--line");
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(across(0), 0);
  context.lineTo(across(0), canvas.height);
  context.moveTo(0, up(0));
  context.lineTo(canvas.width, up(0));
  context.stroke();
  const inside = (k: number) => {
    const [a, b] = [x[k] as number, y[k] as number];
    return a >= brush.x[0] && a <= brush.x[1] && b >= brush.y[0] && b <= brush.y[1];
  };
  for (let k = 0; k < x.length; k++) {
    context.fillStyle = colour(inside(k) ? "--second" : "--first");
    context.globalAlpha = 0.55;
    context.fillRect(across(x[k] as number) - 2.5, up(y[k] as number) - 2.5, 5, 5);
  }
  context.globalAlpha = 1;
  context.strokeStyle = colour("--second");
  context.lineWidth = 3;
  context.strokeRect(
    across(brush.x[0]),
    up(brush.y[1]),
    across(brush.x[1]) - across(brush.x[0]),
    up(brush.y[0]) - up(brush.y[1]),
  );
}
