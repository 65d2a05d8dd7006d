const HEAD = [
  ...[
    "family",
    "sets",
    "model holds",
    "MCC realised",
    "predicted, realised (where stated)",
    "error² realised / predicted",
  ],
  ...[
    "MCC in 95 % interval",
    "latents in theirs (below, above)",
    "within hidden noise",
    "identified, but below .9",
    "indicators wrong",
    "flips",
    "of the wrong",
  ],
];

/** A latent that is called identified without reserve must be at least this exact. */
const LEAST = 0.9;

/** The lines of a Markdown table, one for every family that has results. */
export function coverageLines(families, results) {
  const rows = families.flatMap(({ name }) => {
    const own = results.filter((result) => result.name === name);
    return own.length === 0 ? [] : [rowOf(name, own)];
  });
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(HEAD), line(HEAD.map(() => "---")), ...rows.map(line)];
}

function rowOf(name, own) {
  const refused = own.filter((result) => result.refused !== undefined);
  const fits = own.filter((result) => result.refused === undefined);
  if (fits.length === 0) return [name, `${own.length} (all refused)`, ...HEAD.slice(2).map(() => "–")];
  const stated = fits.filter(({ predicted }) => predicted !== null);
  const latents = fits.flatMap((fit) => fit.latents).filter(({ predicted }) => predicted !== null);
  const below = latents.filter(({ realised, interval }) => realised < interval.low).length;
  const above = latents.filter(({ realised, interval }) => realised > interval.high).length;
  const inside = stated.filter(({ realised, interval: { low, high } }) => realised >= low && realised <= high).length;
  const identified = latents.filter(({ verdict }) => verdict.startsWith("identified"));
  const misled = identified.filter(({ realised }) => realised < LEAST).length;
  const sum = (of) => fits.reduce((total, { indicators }) => total + of(indicators), 0);
  const [count, wrong] = [sum((i) => i.count), sum((i) => i.wrong)];
  return [
    name,
    `${own.length}${refused.length > 0 ? ` (${refused.length} refused)` : ""}`,
    `${fits.filter(({ modelHolds }) => modelHolds).length}`,
    meanOf(fits, ({ realised }) => realised),
    stated.length === 0
      ? "never"
      : `${meanOf(stated, ({ predicted }) => predicted)}, ${meanOf(stated, ({ realised }) => realised)} (${stated.length})`,
    latents.length === 0 ? "–" : Math.exp(mean(latents.map(errorRatio))).toFixed(2),
    stated.length === 0 ? "–" : `${inside} of ${stated.length}`,
    latents.length === 0 ? "–" : `${latents.length - below - above} of ${latents.length} (${below}, ${above})`,
    latents.length === 0 ? "–" : `${latents.filter(isWithinHidden).length} of ${latents.length}`,
    `${misled} of ${identified.length}`,
    percent(wrong / count),
    percent(sum((i) => i.flips) / count),
    wrong === 0 ? "–" : percent(sum((i) => i.flipsOfWrong) / wrong),
  ];
}

/** log of the realised over the predicted contamination, 1/r² − 1. */
const errorRatio = ({ realised, predicted }) => Math.log((realised ** -2 - 1) / (predicted ** -2 - 1));
/** Whether the correlation is no lower than the interval and the noise that may hide allow together. */
const isWithinHidden = ({ realised, interval, hidden = 0 }) => realised >= interval.low * Math.sqrt(1 - hidden);
const mean = (x) => x.reduce((total, value) => total + value, 0) / x.length;
const decimals = (r) =>
  r > 0.99 ? r.toFixed(Math.min(7, Math.max(4, 1 + Math.floor(-Math.log10(1 - r))))) : r.toFixed(3);
const meanOf = (sets, of) => decimals(mean(sets.map(of)));
const percent = (share) => `${(100 * share).toFixed(1)} %`;
