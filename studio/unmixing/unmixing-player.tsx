import { useEffect, useMemo, useState } from "preact/hooks";
import { HeatMap } from "./heat-map.tsx";
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
  const last = Math.max(0, frames.length - 1);
  const [playing, setPlaying] = useState(!prefersStillness());
  // A film that nobody has started stands at its end.
  const [chosen, setAt] = useState<number | undefined>(playing ? 0 : undefined);
  const at = Math.min(chosen ?? last, last);

  useEffect(() => {
    if (!playing || (at >= last && isDone)) return;
    const timer = setTimeout(() => setAt(Math.min(at + 1, last)), PACE);
    return () => clearTimeout(timer);
  }, [playing, at, last, isDone]);

  const shown = frames[at];
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
            if (ended || chosen === undefined) setAt(0);
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
            value={at}
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

/** |corr| between the latents of a moment and those of reference. */
function RecoveryMap({ reference, frame, truth }: MapProps) {
  return (
    <HeatMap
      values={frame.recovery}
      columns={truth.map((j) => `z${j}`)}
      across={`${reference} latents`}
      down="at this iterate"
      label={`Correlation of the latents with the ${reference} ones at iterate ${frame.iteration}: mean of the best matching ${frame.mcc.toFixed(3)}.`}
      mcc={frame.mcc}
    />
  );
}
