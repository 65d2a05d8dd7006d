import type { MultiTaskData } from "../../src/data/multi-task-data.ts";
import type { FitOptions } from "../../src/model/fit.ts";
import type { ComputeDevice } from "../worker/devices.ts";

/** How long to train: updates and the width of the hidden layer. */
export const EFFORTS = {
  quick: { label: "quick (a first look)", updates: 800, hidden: 64 },
  usual: { label: "usual", updates: 3000, hidden: 256 },
  thorough: { label: "thorough (as the command line)", updates: 6000, hidden: 512 },
} as const;

export type Effort = keyof typeof EFFORTS;

/** What the user asks for. */
export interface FitRequest {
  /** d, or "auto": chosen by held-out rows. */
  readonly latentDim: number | "auto";
  readonly effort: Effort;
  readonly seed: number;
  /** What it is to be computed on, where that is there. */
  readonly device: ComputeDevice;
}

const BATCH = 512;
/** Where "auto" stops looking. */
const MOST_LATENTS = 12;

/** The options of a fit as asked for; every one is decided, so that a fit that is stopped can be finished with fewer epochs. */
export function fitOptions({ latentDim, effort, seed }: FitRequest, data: MultiTaskData, fingerprint: string) {
  const { updates, hidden } = EFFORTS[effort];
  const tasks = data.targets.taskNames.length;
  const most = Math.max(1, Math.min(MOST_LATENTS, tasks - 1, data.features.rows - 1));
  const epochs = Math.max(3, Math.ceil(updates / Math.ceil((0.9 * data.features.rows) / BATCH)));
  return {
    seed,
    fingerprint,
    epochs,
    batchSize: BATCH,
    hidden: [hidden],
    latentDim: latentDim === "auto" ? most : latentDim,
    ...(latentDim === "auto" && { latentDims: Array.from({ length: most }, (_, i) => i + 1) }),
  } satisfies FitOptions;
}

/** What to say about d for so many targets. */
export function latentDimAdvice(targets: number): {
  readonly start: number;
  readonly most: number;
  readonly text: string;
} {
  const start = Math.min(10, Math.max(1, Math.floor(targets / 2)));
  return {
    start,
    most: Math.max(1, targets),
    text:
      `${counted(targets, "target")} can identify at most ${counted(targets, "latent")}, and fewer are found more surely: ${start} is a good start. ` +
      "“Automatic” trains once and lets held-out rows choose.",
  };
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`;
