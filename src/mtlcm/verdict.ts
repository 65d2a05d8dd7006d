import type { Interval } from "../stats/quantile.ts";
import { correlationFloor } from "./hidden-noise-floor.ts";
import { latentName } from "./latent-names.ts";
import { type MixingPartner, NARROW_SEPARATION } from "./mixing.ts";

/** What the four parts of the certificate found, as far as a sentence needs it. */
export interface Findings {
  readonly layout: "long" | "wide";
  /** null where the encoder was trained for it, so that it cannot be tested. */
  readonly modelHolds: boolean | null;
  readonly fitRatio: number;
  /** Whether noise is seen that explains less than half of the misfit. */
  readonly unexplained?: boolean;
  /** What was found before the encoder was trained for the model. */
  readonly beforeRefinement?: { readonly predictedMcc: number | null; readonly verdict: string };
  /** Latents that cannot be told apart. */
  readonly groups: readonly (readonly number[])[];
  /** Other solutions that fit the data as well, and the latents that are others there, the best first. */
  readonly rivals?: readonly RivalFindings[];
  readonly splitHalfMcc: number;
  readonly split: "rows" | "tasks";
  readonly latents: readonly LatentFindings[];
}

export interface RivalFindings {
  readonly latents: readonly number[];
  /** The lowest |corr| of these with their match there. */
  readonly correlation: number;
}

export interface LatentFindings {
  /** Expected |corr| with the truth (long) or with itself under resampling (wide); null if not stated. */
  readonly predictedCorrelation: number | null;
  /** Share of its variance that is observation noise. */
  readonly noiseShare: number;
  /** Share of it that may be noise that does not show. */
  readonly hiddenNoise?: number;
  /** |corr| between the two halves. */
  readonly splitHalfCorrelation: number;
  readonly mixesWith: readonly MixingPartner[];
}

/** Below this correlation, expected or at the low end of its interval, a latent is only weakly identified. */
const WEAK = 0.95;
/** Noise below this share of a latent's variance goes without saying. */
const NOTABLE_NOISE = 0.01;
/** Half of it is what the correlation may be too high: below, not worth a reservation. */
const NOTABLE_HIDDEN_NOISE = 0.005;

/**
 * One plain sentence for every latent: identified; weakly identified, and with whom it mixes; or not identified.
 *
 * @param intervals Of |corr| with the truth (wide data: with itself) from a bootstrap, if there was one, d.
 */
export function latentVerdicts(findings: Findings, intervals?: readonly Interval[]): string[] {
  return findings.latents.map((latent, j) => {
    const group = findings.groups.find((members) => members.includes(j));
    if (group !== undefined && group.length === findings.latents.length) return "not identified";
    const rival = findings.rivals?.find(({ latents }) => latents.includes(j));
    const shared = group === undefined ? "" : `only as part of group ${listed(group)}${mixture(latent.mixesWith)}`;
    if (findings.layout === "long" && findings.modelHolds !== true) {
      const model = findings.modelHolds === false ? "the model does not hold" : "not tested";
      const stable = `${model}, ${stability(latent.splitHalfCorrelation, findings)}`;
      if (shared !== "") return `${stable}; at best identified ${shared}`;
      return rival === undefined ? stable : `${stable}; ${rivalClause(rival)}`;
    }
    if (shared !== "") return `weakly identified, ${shared}`;
    if (rival !== undefined) return `weakly identified: ${rivalClause(rival)}`;
    return alone(findings, latent, intervals?.[j]);
  });
}

/** The sentence for a latent that is told apart from all others. */
function alone(findings: Findings, latent: LatentFindings, interval?: Interval): string {
  const { layout } = findings;
  const { predictedCorrelation, noiseShare, splitHalfCorrelation, mixesWith } = latent;
  if (predictedCorrelation === null) return stability(splitHalfCorrelation, findings);
  const { low, high } = interval ?? { low: 1, high: 1 };
  const narrow = mixesWith.filter(({ z }) => z < NARROW_SEPARATION);
  const weak = predictedCorrelation < WEAK || low < WEAK || narrow.length > 0;
  const range = interval === undefined ? "" : ` (${decimals(low)} to ${decimals(high)})`;
  const exactness =
    layout === "wide"
      ? `correlation ${decimals(predictedCorrelation)}${range} with itself when rows are redrawn`
      : `expected correlation ${decimals(predictedCorrelation)}${range} with the truth`;
  const how = layout === "wide" ? ", as far as resampling tells: " : ", ";
  const sentence = `identified${how}${exactness}${noiseClause(noiseShare)}${hiddenClause(latent)}`;
  if (!weak) return sentence;
  const edge =
    narrow.length === 0 ? "" : `; only just told apart from ${named(narrow.map(({ latent }) => latentName(latent)))}`;
  return `weakly ${sentence}${edge}${mixture(mixesWith.filter((partner) => !narrow.includes(partner)))}`;
}

/** One sentence, or a few, for the whole. */
export function overallVerdict(findings: Findings): string {
  const { layout, modelHolds, fitRatio, splitHalfMcc } = findings;
  const stable = stability(splitHalfMcc, findings);
  if (modelHolds) return `${capitalised(resolution(findings))}${reservation(findings)}.`;
  if (modelHolds === null) return untestedVerdict(findings);
  const ratio = `fit ratio ${fitRatio.toPrecision(3)} where 1 is expected`;
  if (layout === "long") {
    const noise = findings.unexplained ? ", of which noise in h explains less than half" : "";
    return `The model does not hold (${ratio}${noise}): the latents are ${stable}, but need not be causal factors.${rivalSentence(findings)}`;
  }
  return (
    `The model does not hold exactly (${ratio}), because every row carries every target; this is expected of such data, ` +
    `and the verdict rests on resampling the rows: ${resolution(findings)}, ${stable}.`
  );
}

/** The sentences on latents whose encoder was trained for what would be tested. */
function untestedVerdict(findings: Findings): string {
  const { splitHalfMcc, beforeRefinement } = findings;
  const { predictedMcc = null, verdict = "" } = beforeRefinement ?? {};
  const predicted = predictedMcc === null ? "" : ` (expected correlation with the truth ${decimals(predictedMcc)})`;
  return (
    "Whether the model holds cannot be tested by these latents, because the encoder was refined for it; they are " +
    `${stability(splitHalfMcc, findings)}.${rivalSentence(findings)}${verdict === "" ? "" : ` Before refinement${predicted}: ${verdict}`}`
  );
}

/** "; noise in h that does not show may be up to 8.9 % of a latent": of the latents that a correlation is predicted of. */
function reservation({ latents }: Findings): string {
  const most = Math.max(
    0,
    ...latents.map(({ predictedCorrelation, hiddenNoise = 0 }) => (predictedCorrelation === null ? 0 : hiddenNoise)),
  );
  if (most < NOTABLE_HIDDEN_NOISE) return "";
  return `; noise in h that does not show may be up to ${(100 * most).toFixed(most < 0.1 ? 1 : 0)} % of a latent`;
}

function resolution({ groups, rivals = [], latents }: Findings): string {
  const d = latents.length;
  if (groups.length === 0 && rivals.length === 0)
    return d === 1 ? "identified: the one latent" : `identified: all ${d} latents are told apart`;
  if (groups[0]?.length === d) return "not identified: no latent can be told apart from the others";
  const resolved = d - new Set([...groups.flat(), ...rivals.flatMap((rival) => rival.latents)]).size;
  const rest = resolved === 0 ? "no latent by itself" : `${resolved} of ${d} latents`;
  const unresolved = `${groups.map(listed).join(", ")} only as ${groups.length === 1 ? "a group" : "groups"}`;
  const parts = [rest, ...(groups.length === 0 ? [] : [unresolved]), ...rivals.map(rivalClause)];
  return `identified in part: ${parts.join("; ")}`;
}

/** "another solution fits the data as well, in which z4 and z6 are turned into each other (correlation 0.96)". */
function rivalClause({ latents, correlation }: RivalFindings): string {
  const names = latents.map(latentName);
  const others =
    latents.length === 2
      ? `${named(names)} are turned into each other`
      : `${named(names)} ${latents.length === 1 ? "is another" : "are others"}`;
  return `another solution fits the data as well, in which ${others} (correlation ${decimals(correlation)})`;
}

function rivalSentence({ rivals = [] }: Findings): string {
  return rivals.map((rival) => ` ${capitalised(rivalClause(rival))}.`).join("");
}

const stability = (correlation: number, { split }: Findings) =>
  `stable to ${decimals(correlation)} between halves of the ${split}`;

/** "; 18 % of its variance is observation noise". */
function noiseClause(share: number): string {
  return share < NOTABLE_NOISE ? "" : `; ${(100 * share).toFixed(0)} % of its variance is observation noise`;
}

/** "; no less than 0.9945 if noise in h that does not show is as large as it can be, 1.0 % of its variance". */
function hiddenClause(latent: LatentFindings): string {
  const { hiddenNoise = 0 } = latent;
  const floor = correlationFloor(latent);
  if (hiddenNoise < NOTABLE_HIDDEN_NOISE || floor === null) return "";
  const share = (100 * hiddenNoise).toFixed(hiddenNoise < 0.1 ? 1 : 0);
  return `; no less than ${decimals(floor)} if noise in h that does not show is as large as it can be, ${share} % of its variance`;
}

/** "; mixes with z3 and z1 (0.2)". */
function mixture(partners: readonly MixingPartner[]): string {
  if (partners.length === 0) return "";
  const sized = partners.map(
    ({ latent, leakage }) => latentName(latent) + (leakage === null ? "" : ` (${leakage.toFixed(2)})`),
  );
  return `; mixes with ${named(sized)}`;
}

/** "z3, z1 and z4"; of many the first three, and how many more. */
function named(items: readonly string[]): string {
  const SHOWN = 3;
  const shown = items.length > SHOWN ? [...items.slice(0, SHOWN), `${items.length - SHOWN} more`] : items;
  const last = shown.at(-1) ?? "";
  return shown.length === 1 ? last : `${shown.slice(0, -1).join(", ")} and ${last}`;
}

/** Two decimals, or where that is not enough, as many as show how far a correlation is from 1. */
function decimals(r: number): string {
  if (!(r > 0.99)) return r.toFixed(2);
  return r.toFixed(Math.max(4, Math.min(8, 1 + Math.floor(-Math.log10(1 - r)))));
}

const listed = (group: readonly number[]) => `{${group.map(latentName).join(", ")}}`;
const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
