import { TrainingPlot } from "../charts/training-plot.tsx";
import type { LiveFrame } from "../unmixing/dependence.ts";
import { LiveUnmixing } from "../unmixing/live-unmixing.tsx";
import type { TrainingEvent } from "./training.ts";

/** A fit that runs, as far as it has got. */
export interface Training {
  readonly stage: TrainingEvent["stage"];
  readonly progress: number | undefined;
  readonly points: TrainingEvent["points"];
  /** The iterates of stage 2 so far. */
  readonly frames: readonly LiveFrame[];
  readonly isPaused: boolean;
  readonly computedBy?: string | undefined;
}

interface Props {
  readonly training: Training;
  readonly pause: () => void;
  readonly resume: () => void;
  readonly stop: () => void;
  readonly discard: () => void;
}

const STAGES: Readonly<Record<TrainingEvent["stage"], string>> = {
  train: "Stage 1: the network learns the targets",
  "choose d": "Choosing the number of latents",
  refinement: "Refinement: an encoder for the causal model and the columns together",
  "stage 2": "Stage 2: joint diagonalisation",
  certificate: "Stage 2: the certificate",
};

/** The live loss, and what can be done while it falls. */
export function TrainingView({ training, pause, resume, stop, discard }: Props) {
  const { stage, progress, points, frames, isPaused, computedBy } = training;
  return (
    <section class="training" aria-label="Training">
      <h2>{STAGES[stage]}</h2>
      <progress max={1} value={progress} aria-label={STAGES[stage]} />
      <div class="buttons">
        <button type="button" onClick={isPaused ? resume : pause}>
          {isPaused ? "Resume" : "Pause"}
        </button>
        <button type="button" onClick={stop} disabled={stage !== "train"}>
          Stop here, use what is learned
        </button>
        <button type="button" onClick={discard}>
          Discard
        </button>
        <span role="status">
          {isPaused ? "paused" : progress === undefined ? "" : `${Math.round(100 * progress)} %`}
        </span>
      </div>
      {computedBy && <p class="note">Computed by {computedBy}.</p>}
      {frames.length > 0 && <LiveUnmixing frames={frames} />}
      <TrainingPlot points={points} />
    </section>
  );
}
