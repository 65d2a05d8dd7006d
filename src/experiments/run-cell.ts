import { linearData } from "../data/synthetic/linear.ts";
import { nonlinearData } from "../data/synthetic/nonlinear.ts";
import { segmentData } from "../data/synthetic/segments.ts";
import { type Matrix, matrix } from "../linalg/matrix.ts";
import { canonicalCorrelation } from "../metrics/canonical-correlation.ts";
import { scoreIndicators } from "../metrics/indicators.ts";
import { strongMcc } from "../metrics/mcc.ts";
import { strongMccPerTask } from "../metrics/mcc-per-task.ts";
import type { Certificate } from "../mtlcm/certificate.ts";
import { mccFloor } from "../mtlcm/hidden-noise-floor.ts";
import { createRandom } from "../stats/random.ts";
import type { LongTargets } from "../stats/targets.ts";
import type { Cell } from "./cells.ts";
import { type MethodInput, methodNamed } from "./methods.ts";

/** What a cell found, as numbers; null for what its method does not say. */
export interface CellScores {
  /** Strong MCC over all rows, and within tasks. */
  readonly pooledPearson: number;
  readonly pooledSpearman: number;
  readonly perTaskPearson: number;
  readonly perTaskSpearman: number;
  /** Mean and smallest canonical correlation. */
  readonly weak: number;
  readonly smallestCanonical: number;
  readonly causesAccuracy: number | null;
  readonly causesAuroc: number | null;
  readonly causesBrier: number | null;
  readonly causesCalibrationError: number | null;
  /** The certificate, which has not seen the truth; modelHolds is null where it is not tested, too. */
  readonly modelHolds: boolean | null;
  readonly predictedMcc: number | null;
  /** What is left of it if noise that does not show is as large as it can be; absent in results of earlier versions. */
  readonly predictedMccFloor?: number | null;
  readonly splitHalfMcc: number | null;
  readonly fitRatio: number | null;
  readonly residualCorrelation: number | null;
  /** Share of the latents that are told apart from all others, and are no others in a rival solution. */
  readonly separated: number | null;
  readonly verdict: string | null;
  /** Of the method, certificate included, without making the data and scoring; by the clock. */
  readonly seconds: number;
}

/** A finished cell: its scores, or the error that it ended with. */
export type CellResult = { readonly id: string } & (
  | { readonly scores: CellScores; readonly error: null }
  | { readonly scores: null; readonly error: string }
);

/** Makes the data of a cell, runs its method on them and scores what it finds. An error becomes part of the result. */
export async function runCell(cell: Cell): Promise<CellResult> {
  try {
    return { id: cell.id, scores: await scoresOf(cell), error: null };
  } catch (error) {
    return { id: cell.id, scores: null, error: error instanceof Error ? error.message : String(error) };
  }
}

async function scoresOf(cell: Cell): Promise<CellScores> {
  const { input, latents: truth, causal } = dataOf(cell);
  const started = performance.now();
  const { method, options } = cell.method;
  const { latents, causes, certificate } = await methodNamed(method).run(input, options);
  const seconds = (performance.now() - started) / 1000;
  const { task } = input.targets;
  const pooled = strongMcc(latents, truth, "pearson");
  const indicators = causes && causal && scoreIndicators(causes, causal, pooled.pairs);
  const { mean: weak, smallest: smallestCanonical } = canonicalCorrelation(latents, truth);
  return {
    pooledPearson: pooled.score,
    pooledSpearman: strongMcc(latents, truth, "spearman").score,
    perTaskPearson: strongMccPerTask(latents, truth, task, "pearson").score,
    perTaskSpearman: strongMccPerTask(latents, truth, task, "spearman").score,
    ...{ weak, smallestCanonical },
    causesAccuracy: indicators?.accuracy ?? null,
    causesAuroc: finite(indicators?.auroc),
    causesBrier: indicators?.brier ?? null,
    causesCalibrationError: indicators?.calibrationError ?? null,
    ...certified(certificate),
    seconds,
  };
}

/** The data of a cell: the same as `taskprism generate` makes with these options and this seed. */
function dataOf({ kind, options, seed }: Cell): { input: MethodInput; latents: Matrix; causal: Matrix | null } {
  if (kind === "linear") {
    const { representation, targets, truth } = linearData(options, createRandom(seed));
    const { latents, causal, mixing } = truth;
    return {
      input: { seed, latentDim: latents.cols, inputs: representation, targets, data: null, mixing },
      latents,
      causal,
    };
  }
  if (kind === "segments") {
    const { features, segment, latents, modulation } = segmentData(options, createRandom(seed));
    const taskNames = Array.from({ length: modulation.rows }, (_, t) => `segment ${t + 1}`);
    const targets: LongTargets = { layout: "long", values: new Float64Array(segment.length), task: segment, taskNames };
    const inputs = matrix(features.rows, features.cols, Float64Array.from(features.data));
    const { cols: latentDim } = latents;
    return { input: { seed, latentDim, inputs, targets, data: null, mixing: null }, latents, causal: null };
  }
  const { data, truth } = nonlinearData(options, createRandom(seed));
  const { rows, cols, data: x } = data.features;
  const inputs = matrix(rows, cols, Float64Array.from(x));
  const targets = data.targets as LongTargets;
  const { latents, causal } = truth;
  return { input: { seed, latentDim: latents.cols, inputs, targets, data, mixing: null }, latents, causal };
}

function certified(certificate: Certificate | undefined) {
  const tied = new Set([
    ...(certificate?.groups.flat() ?? []),
    ...(certificate?.rivals?.flatMap(({ latents }) => latents) ?? []),
  ]);
  return {
    modelHolds: certificate?.modelHolds ?? null,
    predictedMcc: certificate?.predictedMcc ?? null,
    predictedMccFloor: certificate === undefined ? null : mccFloor(certificate),
    splitHalfMcc: certificate?.splitHalfMcc ?? null,
    fitRatio: certificate?.fitRatio ?? null,
    residualCorrelation: certificate?.residualCorrelation ?? null,
    separated: certificate ? 1 - tied.size / certificate.latents.length : null,
    verdict: certificate?.verdict ?? null,
  };
}

const finite = (value: number | undefined) => (value !== undefined && Number.isFinite(value) ? value : null);
