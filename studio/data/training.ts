import type { MultiTaskData } from "../../src/data/multi-task-data.ts";
import { type Fit, type FitOptions, type FitState, fitSteps } from "../../src/model/fit.ts";
import type { SolverStep } from "../../src/mtlcm/mtlcm.ts";
import type { TrainState } from "../../src/nn/train.ts";
import type { LoggedStep } from "../../src/report/charts/loss-curves.ts";
import type { LiveFrame } from "../unmixing/dependence.ts";
import { LiveFilm } from "../unmixing/live-film.ts";
import { type Descent, descentOf, recoveryOf } from "../unmixing/recovery.ts";
import { type Choice, prepareCompute, type Way } from "../worker/compute.ts";
import { breathe } from "../worker/prepare.ts";
import { inWords, isWorthATrial, quickest, type Tried, tryOut, UpdateClock } from "../worker/trial.ts";

/** What the page is told while a fit runs. */
export interface TrainingEvent {
  readonly stage: "train" | "choose d" | "refinement" | "stage 2" | "certificate";
  /** Share of the updates made; undefined where nobody knows how much there is to do. */
  readonly progress: number | undefined;
  /** The loss at the epochs since the last event. */
  readonly points: readonly { readonly epoch: number; readonly loss: number; readonly heldOutLoss?: number }[];
  /** The iterates of stage 2 since the last event. */
  readonly frames: readonly LiveFrame[];
  /** What it is computed on. */
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
  /** What it was computed on. */
  readonly computedBy: string;
}

/** Options of which every one is decided, but for what they are computed on. */
type Options = Omit<FitOptions, "device" | "threads"> & { readonly epochs: number };

/**
 * Fits both stages step by step, and does between steps what the page wishes. The training begins on the first way to compute; when
 * its updates have been timed and it is long, the other ways are timed too, and it begins anew on one that is quicker.
 *
 * @returns undefined when it was discarded.
 */
export async function train(
  data: MultiTaskData,
  options: Options,
  choice: Choice,
  control: TrainingControl,
  tell: (event: TrainingEvent) => void,
): Promise<Trained | undefined> {
  const steps: LoggedStep[] = [];
  const descents: SolverStep[][] = [];
  const film = new LiveFilm(data);
  const begin = async (on: Way, having: Options = options, from?: FitState) =>
    fitSteps(data, { ...having, ...(await prepareCompute(on)) }, from);
  let way = choice.ways[0];
  let fit = await begin(way);
  let clock = choice.ways.length > 1 ? new UpdateClock() : undefined;
  let computedBy = inWords(way, [], 0, choice);
  let points: TrainingEvent["points"][number][] = [];
  let told = performance.now();
  let stage = "";
  try {
    for (;;) {
      const { value, done } = await fit.next();
      if (done) {
        const recovery = recoveryOf(value.representation, value.latents);
        const drawn = descents.map((descent) => descentOf(descent, recovery));
        const fallbacks = value.training.fallbacks;
        return { fit: value, steps, descents: drawn, computedBy: [computedBy, ...fallbacks].join("; ") };
      }
      if (value.stage === "train" && clock !== undefined) {
        const milliseconds = clock.see(value.step);
        if (milliseconds !== undefined) {
          clock = undefined;
          const tried: [Tried, ...Tried[]] = [{ way, milliseconds }];
          if (isWorthATrial(value.steps, milliseconds)) {
            for (const other of choice.ways.slice(1)) {
              const computedBy = `${way.name} so far; ${other.name} is being timed`;
              tell({ stage: "train", progress: 0, points: [], frames: [], computedBy });
              tried.push(await tryOut(other, begin));
              if ((await control.wish()) === "discard") return undefined;
            }
          }
          const best = quickest(tried);
          computedBy = inWords(best, tried, value.steps, choice);
          if (best !== way) {
            await fit.return(undefined as never);
            way = best;
            fit = await begin(way);
            [points, steps.length, stage] = [[], 0, ""];
            continue;
          }
        }
      }
      if (value.stage === "moments") film.begin(value.representation);
      if (value.stage === "solve") {
        film.add(value);
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
      // What is learned before the ways are compared may be learned anew.
      if (clock !== undefined && value.stage === "train") continue;
      stage = value.stage;
      const progress = value.stage === "train" || value.stage === "refine" ? value.step / value.steps : undefined;
      tell({ stage: STAGES[value.stage], progress, points, frames: film.take(), computedBy });
      points = [];
      told = performance.now();
      const wish = await control.wish();
      if (wish === "discard") return undefined;
      if (wish === "stop" && value.stage === "train" && value.step < value.steps) {
        const state = value.state();
        await fit.return(undefined as never);
        fit = await begin(way, finished(options, value, state), state);
      }
    }
  } finally {
    await fit.return(undefined as never);
  }
}

/** The options with which a training ends where it is, or after its first epoch: as many epochs as it has behind it. */
function finished(options: Options, { steps }: { steps: number }, { step }: TrainState): Options {
  return { ...options, epochs: Math.max(1, Math.floor((step * options.epochs) / steps)) };
}
