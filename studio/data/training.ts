import type { MultiTaskData } from "../../src/data/multi-task-data.ts";
import { type Fit, type FitOptions, fitSteps } from "../../src/model/fit.ts";
import type { SolverStep } from "../../src/mtlcm/mtlcm.ts";
import type { TrainState } from "../../src/nn/train.ts";
import type { LoggedStep } from "../../src/report/charts/loss-curves.ts";
import { type Descent, descentOf, recoveryOf } from "../unmixing/recovery.ts";
import { breathe } from "../worker/prepare.ts";

/** What the page is told while a fit runs. */
export interface TrainingEvent {
  readonly stage: "train" | "choose d" | "refinement" | "stage 2" | "certificate";
  /** Share of the updates made. */
  readonly progress: number;
  /** The loss at the epochs since the last event. */
  readonly points: readonly { readonly epoch: number; readonly loss: number; readonly heldOutLoss?: number }[];
  /** What it is computed on; the first event says so. */
  readonly computedBy?: string;
}

/** What the page asks of a fit that runs. */
export class TrainingControl {
  #wish: "go on" | "stop" | "discard" = "go on";
  #paused: Promise<void> | undefined;
  #wake: () => void = () => undefined;

  pause(): void {
    this.#paused ??= new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  resume(): void {
    this.#wake();
    this.#paused = undefined;
  }

  stop(): void {
    this.#wish = "stop";
    this.resume();
  }

  discard(): void {
    this.#wish = "discard";
    this.resume();
  }

  /** What is wished, once the fit is no longer paused. */
  async wish(): Promise<"go on" | "stop" | "discard"> {
    await breathe();
    await this.#paused;
    return this.#wish;
  }
}

/** Milliseconds between messages to the page. */
const TELL_EVERY = 100;

const STAGES = {
  train: "train",
  latentDim: "choose d",
  refine: "refinement",
  moments: "stage 2",
  solve: "stage 2",
  certify: "certificate",
} as const;

/** A fit, and what it went through. */
export interface Trained {
  readonly fit: Fit;
  readonly steps: readonly LoggedStep[];
  /** The iterates of stage 2 against the latents that it ended with. */
  readonly descents: readonly Descent[];
}

/**
 * Fits both stages step by step, and does between steps what the page wishes.
 *
 * @returns undefined when it was discarded.
 */
export async function train(
  data: MultiTaskData,
  options: FitOptions & { readonly epochs: number },
  control: TrainingControl,
  tell: (event: TrainingEvent) => void,
): Promise<Trained | undefined> {
  const steps: LoggedStep[] = [];
  const descents: SolverStep[][] = [];
  let fit = fitSteps(data, options);
  let points: TrainingEvent["points"][number][] = [];
  let told = performance.now();
  let stage = "";
  try {
    for (;;) {
      const { value, done } = await fit.next();
      if (done) {
        const recovery = recoveryOf(value.representation, value.latents);
        return { fit: value, steps, descents: descents.map((descent) => descentOf(descent, recovery)) };
      }
      if (value.stage === "solve") {
        if (value.iteration === 0) descents.push([]);
        descents.at(-1)?.push(value);
        const { stage, start, iteration, value: level } = value;
        steps.push({ stage, start, iteration, value: level });
      }
      if (value.stage === "train" && value.heldOutLoss !== undefined) {
        const { epoch, loss, heldOutLoss } = value;
        points.push({ epoch, loss, heldOutLoss });
        steps.push({ stage: "train", epoch, loss, heldOutLoss });
      }
      if (performance.now() - told < TELL_EVERY && value.stage === stage) continue;
      stage = value.stage;
      tell({ stage: STAGES[value.stage], progress: value.stage === "train" ? value.step / value.steps : 1, points });
      points = [];
      told = performance.now();
      const wish = await control.wish();
      if (wish === "discard") return undefined;
      if (wish === "stop" && value.stage === "train" && value.step < value.steps) {
        const state = value.state();
        await fit.return(undefined as never);
        fit = fitSteps(data, finished(options, value, state), state);
      }
    }
  } finally {
    await fit.return(undefined as never);
  }
}

/** The options with which a training ends where it is, or after its first epoch: as many epochs as it has behind it. */
function finished<T extends { readonly epochs: number }>(
  options: T,
  { steps }: { steps: number },
  { step }: TrainState,
): T {
  return { ...options, epochs: Math.max(1, Math.floor((step * options.epochs) / steps)) };
}
