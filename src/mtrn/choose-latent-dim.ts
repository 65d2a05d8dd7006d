import type { DirectionScores } from "./direction-scores.ts";

/** What there is to know about d = `latentDim`, from one training with more directions than that. */
export interface LatentDimScore {
  readonly latentDim: number;
  /** Singular value of the heads for the last of the d directions. */
  readonly singularValue: number;
  /** That over the next one: a gap shows d; null where there is no next one. */
  readonly gap: number | null;
  /** Held-out log-likelihood per observed target, in nats. */
  readonly logLikelihood: number;
  /** How much of it the last direction adds, and the standard error of that over held-out rows. */
  readonly gain: number;
  readonly gainError: number;
}

/** The number of latents that the data support, and why. */
export interface LatentDimChoice {
  /** d; 0 when not even one direction helps on held-out rows. */
  readonly latentDim: number;
  /** One sentence. */
  readonly reason: string;
  /** d = 1, 2, …, as far as was trained. */
  readonly scores: readonly LatentDimScore[];
}

/** A direction is supported when its gain is this many standard errors from zero. */
const SUPPORTED = 3;
/** A gap counts when so little of the held-out gain lies beyond it: an encoder that is not perfect leaves some. */
const FLAT = 0.1;
/** Noise makes neighbouring singular values differ by a third or so. */
const GAP = 1.5;
/** Of gaps that are nearly as large as the largest the last counts: a direction too few loses a latent for good. */
const NEARLY = 0.75;

/**
 * Chooses d from what each direction of a trained network is worth (method: section 2).
 *
 * Of the candidates that hold at least 90 % of the gain in held-out log-likelihood, the one with the largest gap between
 * its singular value and the next (of several nearly as large, the last); where no gap reaches 1.5, the last direction whose own gain is three standard errors
 * from zero. The gain alone would not do: with many rows, directions in which an imperfect encoder corrects itself help too.
 *
 * @param candidates Numbers of latents to choose from, at least one, none above the number of directions scored.
 */
export function chooseLatentDim(scores: DirectionScores, candidates: readonly number[]): LatentDimChoice {
  const rows = tabulate(scores);
  const supported = rows.filter(({ gain, gainError }) => gain > SUPPORTED * gainError);
  const last = supported.at(-1)?.latentDim ?? 0;
  const choose = (latentDim: number, reason: string): LatentDimChoice => ({ latentDim, reason, scores: rows });
  if (last === 0) {
    return choose(
      0,
      "no dimension is supported: on held-out rows no direction of the features helps to predict the targets",
    );
  }
  const best = Math.max(...rows.map(({ logLikelihood }) => logLikelihood));
  const total = best - scores.logLikelihood[0];
  const missed = ({ logLikelihood }: LatentDimScore) => (best - logLikelihood) / total;
  const open = rows.filter(({ latentDim }) => candidates.includes(latentDim));
  const enough = open.filter((row) => row.latentDim <= last && missed(row) <= FLAT);
  const largest = Math.max(...enough.map(({ gap }) => gap ?? 0));
  const clearest = enough.filter(({ gap }) => (gap ?? 0) >= Math.max(GAP, NEARLY * largest)).at(-1);
  if (clearest !== undefined) {
    const { latentDim, gap } = clearest;
    const share = ((1 - missed(clearest)) * 100).toFixed(0);
    return choose(
      latentDim,
      `d = ${latentDim}: the singular values of the heads fall by a factor of ${gap?.toFixed(1)} after the ${ordinal(latentDim)}, ` +
        `and ${share} % of what held-out log-likelihood there is to gain is gained by then`,
    );
  }
  const atMost = open.filter(({ latentDim }) => latentDim <= last).at(-1) ?? open[0];
  const { latentDim } = atMost;
  const further = supported.some((row) => row.latentDim > latentDim) || last === rows.length;
  return choose(
    latentDim,
    `d = ${latentDim}: no gap in the singular values of the heads; held-out log-likelihood rises until ` +
      (further ? "the end of the range, so that d may well be larger" : `${latentDim} and is flat after`),
  );
}

function tabulate({ singularValues, logLikelihood, gainError }: DirectionScores): LatentDimScore[] {
  return Array.from({ length: logLikelihood.length - 1 }, (_, j) => ({
    latentDim: j + 1,
    singularValue: singularValues[j],
    gap: j + 1 < singularValues.length && singularValues[j + 1] > 0 ? singularValues[j] / singularValues[j + 1] : null,
    logLikelihood: logLikelihood[j + 1],
    gain: logLikelihood[j + 1] - logLikelihood[j],
    gainError: gainError[j + 1],
  }));
}

function ordinal(n: number): string {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th");
  return `${n}${ending}`;
}
