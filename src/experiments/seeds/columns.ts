import type { SeedAgreement, SeedErrors } from "./agreement.ts";

/** A table of text: headings, which columns hold numbers, and lines. */
export interface SeedTable {
  readonly headings: readonly { readonly text: string; readonly align: "left" | "right" }[];
  readonly lines: readonly (readonly string[])[];
}

const NOTHING = "–";
const left = (text: string) => ({ text, align: "left" }) as const;
const right = (text: string) => ({ text, align: "right" }) as const;

/** Agreement between seeds: one line for every case, d and method. */
export function agreementTable(rows: readonly SeedAgreement[]): SeedTable {
  const named = rows.some(({ name }) => name !== "");
  return {
    headings: [
      ...(named ? [left("case")] : []),
      right("d"),
      left("method"),
      right("strong, Pearson"),
      right("range"),
      right("strong, Spearman"),
      right("weak"),
      right("smallest canonical"),
      right("seconds"),
      right("seeds"),
    ],
    lines: rows.map(({ name, latentDim, method, agreement, seconds, runs }) => {
      const { strongPearson, strongSpearman, weak, smallestCanonical } = agreement?.spread ?? {};
      return [
        ...(named ? [name] : []),
        String(latentDim),
        method,
        fixed(strongPearson?.median),
        strongPearson ? `${fixed(strongPearson.lowest)}–${fixed(strongPearson.highest)}` : NOTHING,
        fixed(strongSpearman?.median),
        fixed(weak?.median),
        fixed(smallestCanonical?.median),
        seconds === null ? NOTHING : seconds.toFixed(1),
        String(runs),
      ];
    }),
  };
}

/** Errors of prediction: one line for every case and target. */
export function errorTable(rows: readonly SeedErrors[]): SeedTable {
  const named = rows.some(({ name }) => name !== "");
  const composed = rows.some(({ composition }) => composition !== null);
  const united = rows.some(({ unit }) => unit !== "");
  return {
    headings: [
      ...(named ? [left("case")] : []),
      left("target"),
      ...(united ? [left("unit")] : []),
      right("MAE"),
      right("± over seeds"),
      ...(composed ? [right("from composition alone")] : []),
      right("of the mean"),
    ],
    lines: rows.map(({ name, target, unit, heads, sd, mean, composition }) => [
      ...(named ? [name] : []),
      target,
      ...(united ? [unit] : []),
      digits(heads),
      digits(sd),
      ...(composed ? [composition === null ? NOTHING : digits(composition)] : []),
      digits(mean),
    ]),
  };
}

/** What the tables show, in sentences. */
export function seedFindings(rows: readonly SeedAgreement[]): string[] {
  const keys = [...new Set(rows.map(({ name, latentDim }) => JSON.stringify([name, latentDim])))];
  return keys.flatMap((key) => {
    const group = rows.filter(({ name, latentDim }) => JSON.stringify([name, latentDim]) === key);
    const strong = (method: string) =>
      group.find((row) => row.method === method)?.agreement?.spread.strongPearson.median;
    const [own, ceiling] = [strong("mtlcm"), group[0]?.ceiling];
    if (own === undefined || ceiling == null) return [];
    const { name, latentDim } = group[0] as SeedAgreement;
    const others = group.flatMap(({ method }) => {
      const score = method === "mtlcm" ? undefined : strong(method);
      return score === undefined ? [] : [`${method} ${signed(own - score)}`];
    });
    const where = name === "" ? `d = ${latentDim}` : `${name}, d = ${latentDim}`;
    return [
      `${where}: strong MCC of stage 2 ${fixed(own)}, weak MCC of stage 1 ${fixed(ceiling)}; ` +
        `stage 2 against ${others.join(", ")}.`,
    ];
  });
}

/** How the tables are to be read, in sentences. */
export const SEED_NOTES: readonly string[] = [
  "Agreement: median over all pairs of seeds on rows that no fit has seen; range of the strong Pearson MCC. Weak: mean canonical " +
    "correlation, which no method that turns the representation can exceed by much; smallest canonical: a latent that one seed " +
    "found and another did not shows here. Seconds: of the method after stage 1, mean over seeds, with whatever else the machine did. raw: the representation of stage 1 as it is, the null line; PCA reads all features.",
  "MAE: mean absolute error of the network's heads on the same rows, mean and standard deviation over seeds; beside it the error " +
    "of the training rows' mean, and for molecules of least squares on the counts of the elements.",
];

/** A table as Markdown. */
export function markdownOf({ headings, lines }: SeedTable): string {
  const line = (texts: readonly string[]) => `| ${texts.map((text) => text.replaceAll("|", "\\|")).join(" | ")} |`;
  return [
    line(headings.map(({ text }) => text)),
    line(headings.map(({ align }) => (align === "right" ? "---:" : "---"))),
    ...lines.map(line),
  ].join("\n");
}

const fixed = (value: number | undefined | null) => (value == null ? NOTHING : value.toFixed(3));
const signed = (value: number) => `${value < 0 ? "−" : "+"}${Math.abs(value).toFixed(3)}`;
const digits = (value: number) => (Math.abs(value) >= 1000 ? value.toFixed(0) : value.toPrecision(3));
