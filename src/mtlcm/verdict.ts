/** What the four parts of the certificate found, as far as a sentence needs it. */
export interface Findings {
  readonly layout: "long" | "wide";
  readonly modelHolds: boolean;
  readonly fitRatio: number;
  /** Latents that cannot be told apart. */
  readonly groups: readonly (readonly number[])[];
  /** |corr| of each latent between the two halves, d. */
  readonly agreement: Float64Array;
  /** Expected |corr| of each latent with the truth (long) or with itself under resampling (wide); null if not stated. */
  readonly predicted: readonly (number | null)[];
}

/** One sentence for every latent. */
export function latentVerdicts(findings: Findings): string[] {
  const { groups, agreement, predicted } = findings;
  return predicted.map((correlation, j) => {
    const group = groups.find((members) => members.includes(j));
    const stable = `stable to ${decimals(agreement[j])} between halves of the rows`;
    if (group !== undefined && group.length === predicted.length) return "not identified";
    const shared = group === undefined ? "" : `identified only as part of group ${listed(group)}`;
    if (findings.layout === "long" && !findings.modelHolds) {
      return `the model does not hold, ${stable}${shared === "" ? "" : `; at best ${shared}`}`;
    }
    if (shared !== "") return shared;
    if (correlation === null) return stable;
    return findings.layout === "wide"
      ? `identified, as far as resampling tells: correlation ${decimals(correlation)} with itself when rows are redrawn`
      : `identified, expected correlation ${decimals(correlation)} with the truth`;
  });
}

/** One sentence, or a few, for the whole. */
export function overallVerdict(findings: Findings): string {
  const { layout, modelHolds, fitRatio, agreement } = findings;
  const mean = agreement.reduce((sum, r) => sum + r / agreement.length, 0);
  const stable = `stable to ${decimals(mean)} between halves of the rows`;
  if (modelHolds) return `${capitalised(resolution(findings))}.`;
  const ratio = `fit ratio ${fitRatio.toPrecision(3)} where 1 is expected`;
  if (layout === "long")
    return `The model does not hold (${ratio}): the latents are ${stable}, but need not be causal factors.`;
  return (
    `The model does not hold exactly (${ratio}), because every row carries every target; this is expected of such data, ` +
    `and the verdict rests on resampling the rows: ${resolution(findings)}, ${stable}.`
  );
}

function resolution({ groups, predicted }: Findings): string {
  const d = predicted.length;
  if (groups.length === 0)
    return d === 1 ? "identified: the one latent" : `identified: all ${d} latents are told apart`;
  if (groups[0].length === d) return "not identified: no latent can be told apart from the others";
  const unresolved = groups.map(listed).join(", ");
  const resolved = d - groups.flat().length;
  const rest = resolved === 0 ? "no latent by itself" : `${resolved} of ${d} latents`;
  return `identified in part: ${rest}; ${unresolved} only as ${groups.length === 1 ? "a group" : "groups"}`;
}

const decimals = (r: number) => (r > 0.99 ? r.toFixed(4) : r.toFixed(2));
const listed = (group: readonly number[]) => `{${group.join(", ")}}`;
const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
