import { applyCentredMap } from "../linalg/centred-map.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { type Certificate, type CertificateOptions, certify } from "../mtlcm/certificate.ts";
import { latentMoments } from "../mtlcm/latent-moments.ts";
import { fitMtlcmSteps, type MtlcmFit, type SolverStep } from "../mtlcm/mtlcm.ts";
import { groupMoments, type Moments, mergeMoments } from "../stats/moments.ts";
import { checkTasks } from "../stats/moments-rows.ts";
import type { Random } from "../stats/random.ts";
import type { Targets } from "../stats/targets.ts";

/** What a consumer sees of stage 2 while it runs. */
export type UnmixStep =
  | {
      readonly stage: "moments";
      /** h, rows × d: with the targets all that it takes to draw the iterates to come. */
      readonly representation: Matrix;
    }
  | ({ readonly stage: "solve" } & SolverStep)
  | { readonly stage: "certify" };

/** Stage 2 of moments: its model, its certificate, and what follows from them. */
export interface MomentUnmixing {
  readonly mtlcm: MtlcmFit;
  readonly certificate: Certificate;
  /** Moments of every task in latent coordinates. */
  readonly moments: Moments;
}

/** Stage 2 of a data set whose rows are at hand. */
export interface Unmixing extends MomentUnmixing {
  /** rows × d, in canonical order, each with mean 0 and variance 1. */
  readonly latents: Matrix;
}

/** Groups of rows whose moments are kept apart: halves to cross-fit on; for wide data also pieces to resample. */
export const MOMENT_GROUPS = { long: 2, wide: 32 } as const;

/**
 * Stage 2 on any encoder's output: moments, joint diagonalisation, certificate (method: sections 3 and 4).
 * @param representation - h, rows × d
 * @param targets - of the same rows
 * @throws DataError for tasks that cannot be used; SingularMatrixError when columns of h are linearly dependent
 */
export function* unmixSteps(
  representation: Matrix,
  targets: Targets,
  options: CertificateOptions,
  random: Random,
): Generator<UnmixStep, Unmixing> {
  yield { stage: "moments", representation };
  const { layout } = targets;
  const groups = groupMoments(representation, targets, MOMENT_GROUPS[layout], random.split("groups"));
  const unmixing = yield* unmixMomentsSteps(groups, layout, options, random);
  return { ...unmixing, latents: latentsOf(unmixing.mtlcm, representation) };
}

/**
 * Stage 2 from moments, however many rows these stand for: all of `unmixSteps` but the latents themselves.
 * @param groups - moments of disjoint groups of rows that together are all rows: two or more for long data, about 32
 *   for wide, which are resampled
 * @param layout - "wide" when every row carries every target
 * @throws DataError for fewer than two groups, and for tasks with fewer than 3 rows or a constant target;
 *   SingularMatrixError when columns of h are linearly dependent
 */
export function* unmixMomentsSteps(
  groups: readonly Moments[],
  layout: "long" | "wide",
  options: CertificateOptions,
  random: Random,
): Generator<UnmixStep, MomentUnmixing> {
  const merged = mergeMoments(groups);
  checkTasks(merged);
  const mtlcm = yield* asStage(fitMtlcmSteps(merged, options, random.split("starts")));
  yield { stage: "certify" };
  const certificate = certify(groups, layout, mtlcm, options, random.split("certificate"));
  return { mtlcm, certificate, moments: latentMoments(merged, mtlcm) };
}

/** `unmixSteps` run to its end. */
export function unmix(representation: Matrix, targets: Targets, options: CertificateOptions, random: Random): Unmixing {
  const steps = unmixSteps(representation, targets, options, random);
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
  }
}

/** The latents z = B (h − mean) of rows of h, rows × d. */
export function latentsOf({ unmixing, mean }: MtlcmFit, representation: Matrix): Matrix {
  return applyCentredMap({ map: unmixing, mean }, representation);
}

function* asStage<T>(steps: Generator<SolverStep, T>): Generator<UnmixStep, T> {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    yield { stage: "solve", ...next.value };
  }
}
