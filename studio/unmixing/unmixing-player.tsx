import { useEffect, useMemo, useState } from "preact/hooks";
import type { Descent, Frame } from "./recovery.ts";

/** Milliseconds for one iterate when the descents are played. */
const PACE = 90;

interface Props {
  /** What the latents of a moment are held against: the true ones, or those that the fit ended with. */
  readonly reference: "true" | "final";
  readonly descents: readonly Descent[];
  /** Whether no more descents will come. */
  readonly isDone: boolean;
}

/** The iterates of stage 2 as a film: latents rotating into place. */
export function UnmixingPlayer({ reference, descents, isDone }: Props) {
  const frames = useMemo(
    () => descents.flatMap((descent) => descent.frames.map((frame) => ({ descent, frame }))),
    [descents],
  );
  const [at, setAt] = useState(0);
  const [playing, setPlaying] = useState(!prefersStillness());
  const last = Math.max(0, frames.length - 1);

  useEffect(() => {
    if (!playing || (at >= last && isDone)) return;
    const timer = setTimeout(() => setAt(Math.min(at + 1, last)), PACE);
    return () => clearTimeout(timer);
  }, [playing, at, last, isDone]);

  const shown = playing || at > 0 ? frames[Math.min(at, last)] : frames[last];
  if (shown === undefined) return <p class="plot-empty">Stage 2 has not begun.</p>;
  const { descent, frame } = shown;
  const start = descents.indexOf(descent) + 1;
  const ended = playing && at >= last;
  return (
    <div class="player">
      <RecoveryMap reference={reference} frame={frame} truth={descent.truth} />
      <div class="player-controls">
        <button
          type="button"
          onClick={() => {
            if (ended) setAt(0);
            setPlaying(ended || !playing);
          }}
        >
          {ended ? "Play again" : playing ? "Pause" : "Play"}
        </button>
        <label>
          <span>
            Descent {start} of {descents.length}, iterate {frame.iteration}
          </span>
          <input
            type="range"
            min={0}
            max={last}
            value={playing || at > 0 ? at : last}
            onInput={(event) => {
              setPlaying(false);
              setAt(Number(event.currentTarget.value));
            }}
          />
        </label>
        <output>MCC {frame.mcc.toFixed(3)}</output>
      </div>
    </div>
  );
}

const prefersStillness = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

interface MapProps extends Pick<Props, "reference"> {
  readonly frame: Frame;
  readonly truth: readonly number[];
}

/** A heat map of |corr| between the latents of a moment and those of reference. */
function RecoveryMap({ reference, frame, truth }: MapProps) {
  const cols = truth.length;
  const rows = frame.recovery.length / cols;
  const cell = Math.max(16, Math.min(50, Math.floor(400 / cols)));
  const [left, top] = [46, 34];
  const label = `Correlation of the latents with the ${reference} ones at iterate ${frame.iteration}: mean of the best matching ${frame.mcc.toFixed(3)}.`;
  return (
    <svg
      class="recovery"
      width={left + cols * cell + 2}
      viewBox={`0 0 ${left + cols * cell + 2} ${top + rows * cell + 2}`}
      role="img"
      aria-label={label}
      data-mcc={frame.mcc.toFixed(4)}
    >
      <text x={left + (cols * cell) / 2} y={12} text-anchor="middle">
        {reference} latents
      </text>
      {truth.map((j, k) => (
        <text key={j} x={left + (k + 0.5) * cell} y={top - 6} text-anchor="middle">
          {cell >= 26 || k % 2 === 0 ? `z${j}` : ""}
        </text>
      ))}
      <text x={-(top + (rows * cell) / 2)} y={12} transform="rotate(-90)" text-anchor="middle">
        at this iterate
      </text>
      {Array.from(frame.recovery, (value, at) => {
        const [i, j] = [Math.floor(at / cols), at % cols];
        const [x, y] = [left + j * cell, top + i * cell];
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
