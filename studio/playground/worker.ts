import type { Matrix } from "../../src/linalg/matrix.ts";
import { scoreIndicators } from "../../src/metrics/indicators.ts";
import { strongMcc } from "../../src/metrics/mcc.ts";
import { type FitStep, fitSteps } from "../../src/model/fit.ts";
import { latentNames } from "../../src/model/fitted-model.ts";
import { type Unmixing, type UnmixStep, unmixSteps } from "../../src/model/unmix.ts";
import type { SolverStep } from "../../src/mtlcm/mtlcm.ts";
import { pairSeparation } from "../../src/report/charts/certificate.ts";
import { correlationMatrix } from "../../src/report/charts/correlation-matrix.ts";
import { type LoggedStep, solverDescent, trainingLoss } from "../../src/report/charts/loss-curves.ts";
import { createRandom } from "../../src/stats/random.ts";
import { type RenderedChart, rendered } from "../charts/rendered-chart.ts";
import { type Descent, descentOf, recoveryOf } from "../unmixing/recovery.ts";
import { prepareCompute } from "../worker/compute.ts";
import { breathe } from "../worker/prepare.ts";
import { type Generated, generate } from "./generate.ts";
import type { PlaygroundSettings } from "./settings.ts";

/** What the playground is told while a fit runs, in this order; training only for nonlinear data. */
export type PlaygroundEvent =
  | { readonly kind: "generated"; readonly nullLine: number; readonly rows: number; readonly columns: number }
  | { readonly kind: "training"; readonly step: number; readonly steps: number; readonly points: readonly LossPoint[] }
  | { readonly kind: "descent"; readonly descent: Descent }
  | ({ readonly kind: "result" } & PlaygroundResult)
  | { readonly kind: "chart"; readonly chart: RenderedChart };

export interface LossPoint {
  readonly epoch: number;
  readonly loss: number;
  readonly heldOutLoss?: number;
}

/** What was found, beside the truth and beside what the certificate said without it. */
export interface PlaygroundResult {
  /** Strong MCC (Pearson, pooled). */
  readonly mcc: number;
  /** Share of (task, latent) cells in which cause or effect was told rightly. */
  readonly causesRight: number;
  readonly predictedMcc: number | null;
  readonly splitHalfMcc: number;
  readonly fitRatio: number;
  readonly modelHolds: boolean | null;
  readonly verdict: string;
  /** One sentence for every latent found. */
  readonly latents: readonly string[];
  readonly seconds: number;
}

/** Stage 1 as a page can wait for: some seconds. Heads by ridge regression take longer here and recover no more. */
const TRAINING = {
  heads: "joint",
  hidden: [256],
  epochs: 80,
  batchSize: 128,
  learningRate: 3e-3,
  warmUp: 100,
} as const;

/** Without a signal no two starts agree, and all would be made: a page that answers a slider does with fewer. */
const STAGE_2 = { maxStarts: 6 } as const;

let newest = 0;

/** Generates and fits. A newer call ends the one before, which then tells nothing more. */
async function run(settings: PlaygroundSettings, tell: (event: PlaygroundEvent) => void): Promise<void> {
  const id = ++newest;
  const isStale = () => id !== newest;
  await breathe();
  if (isStale()) return;
  const generated = generate(settings);
  const { observed, truth } = generated;
  tell({
    kind: "generated",
    nullLine: strongMcc(observed, truth.latents, "pearson").score,
    rows: observed.rows,
    columns: observed.cols,
  });
  const started = performance.now();
  const outcome = await (generated.data ? bothStages : stageTwo)(settings, generated, tell, isStale);
  if (outcome === undefined) return;
  const { unmixing, steps } = outcome;
  tell({ kind: "result", ...resultOf(unmixing, generated), seconds: (performance.now() - started) / 1000 });
  for (const chart of chartsOf(unmixing, generated, steps)) {
    await breathe();
    if (isStale()) return;
    tell({ kind: "chart", chart: await rendered(chart) });
  }
}

interface Outcome {
  readonly unmixing: Pick<Unmixing, "mtlcm" | "certificate" | "latents">;
  readonly steps: readonly LoggedStep[];
}

type Fit = (
  settings: PlaygroundSettings,
  generated: Generated,
  tell: (event: PlaygroundEvent) => void,
  isStale: () => boolean,
) => Promise<Outcome | undefined>;

const stageTwo: Fit = async ({ seed }, { observed, targets, truth }, tell, isStale) => {
  const fit = unmixSteps(observed, targets, STAGE_2, createRandom(seed).split("fit"));
  const film = filmOf(truth.latents, tell);
  const steps: LoggedStep[] = [];
  for (;;) {
    const { value, done } = fit.next();
    if (done) return { unmixing: value, steps };
    if (value.stage === "solve") steps.push(value);
    if (film(value)) {
      await breathe();
      if (isStale()) return undefined;
    }
  }
};

/**
 * Takes the steps of stage 2 and tells every descent as it ends, against the true latents.
 *
 * @returns of a step, whether a descent begins or the last one has ended: a moment to hear what the page wants.
 */
function filmOf(truth: Matrix, tell: (event: PlaygroundEvent) => void): (step: UnmixStep) => boolean {
  let recovery: ReturnType<typeof recoveryOf> | undefined;
  let descent: SolverStep[] = [];
  return (step) => {
    if (step.stage === "moments") recovery = recoveryOf(step.representation, truth);
    const ended = step.stage === "certify" || (step.stage === "solve" && step.iteration === 0);
    if (ended && recovery && descent.length > 0) {
      tell({ kind: "descent", descent: descentOf(descent, recovery) });
      descent = [];
    }
    if (step.stage === "solve") descent.push(step);
    return ended;
  };
}

const bothStages: Fit = async ({ seed, latents }, { data, truth }, tell, isStale) => {
  const runtime = await prepareCompute();
  const options = {
    latentDim: Math.min(latents, data?.targets.taskNames.length ?? latents),
    seed,
    ...runtime,
    ...TRAINING,
    ...STAGE_2,
  };
  const fit = fitSteps(data as NonNullable<typeof data>, options);
  const steps: LoggedStep[] = [];
  const film = filmOf(truth.latents, tell);
  let points: LossPoint[] = [];
  let told = performance.now();
  try {
    for (;;) {
      const { value, done } = await fit.next();
      if (done) return { unmixing: { ...value.model, latents: value.latents }, steps };
      const isTime = isOfStage2(value) && film(value);
      if (value.stage === "solve") steps.push(value);
      if (value.stage === "train" && value.heldOutLoss !== undefined) {
        const { epoch, loss, heldOutLoss } = value;
        points.push({ epoch, loss, heldOutLoss });
        steps.push({ stage: "train", epoch, loss, heldOutLoss });
      }
      if (isTime || performance.now() - told > TELL_EVERY) {
        if (value.stage === "train") tell({ kind: "training", step: value.step, steps: value.steps, points });
        points = [];
        told = performance.now();
        await breathe();
        if (isStale()) return undefined;
      }
    }
  } finally {
    await fit.return(undefined as never);
  }
};

/** Milliseconds between messages to the page. */
const TELL_EVERY = 100;

const isOfStage2 = (step: FitStep): step is UnmixStep =>
  step.stage === "moments" || step.stage === "solve" || step.stage === "certify";

function resultOf({ latents, mtlcm, certificate }: Outcome["unmixing"], { truth }: Generated) {
  const { score, pairs } = strongMcc(latents, truth.latents, "pearson");
  const { predictedMcc, splitHalfMcc, fitRatio, modelHolds, verdict } = certificate;
  return {
    mcc: score,
    causesRight: scoreIndicators(mtlcm.pCause, truth.causal, pairs).accuracy,
    ...{ predictedMcc, splitHalfMcc, fitRatio, modelHolds, verdict },
    latents: certificate.latents.map((latent) => latent.verdict),
  };
}

function chartsOf({ latents, certificate }: Outcome["unmixing"], { truth }: Generated, steps: readonly LoggedStep[]) {
  const named = (values: Matrix, prefix = "") => latentNames(values.cols).map((name) => prefix + name);
  return [
    correlationMatrix(
      { title: "latents", values: latents, names: named(latents) },
      { title: "truth", values: truth.latents, names: named(truth.latents, "true ") },
    ),
    pairSeparation(certificate, latents.cols),
    trainingLoss(steps),
    solverDescent(steps),
  ].filter((chart) => chart !== undefined);
}

/** What the playground asks of its worker. */
export const playground = { run };
export type PlaygroundWorker = typeof playground;
