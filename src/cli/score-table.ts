import type { PlainScores } from "./score-run.ts";
import { textTable } from "./text-table.ts";

/** All scores as lines for the terminal; what was not scored is left out. */
export function scoreTable(scores: PlainScores, nullLine: PlainScores | undefined): string[] {
  const columns = [scores, ...(nullLine ? [nullLine] : [])];
  const row = (label: string, value: (score: PlainScores) => number | undefined): string[][] =>
    value(scores) === undefined ? [] : [[label, ...columns.map((score) => value(score)?.toFixed(4) ?? "–")]];
  const { causes } = scores;
  const causeRow = (label: string, value: number, withoutLearning: number): string[][] => [
    [label, value.toFixed(4), ...(nullLine ? [withoutLearning.toFixed(4)] : [])],
  ];
  return textTable(
    [
      { text: "score" },
      { text: "latents", align: "right" },
      ...(nullLine ? [{ text: "null line", align: "right" } as const] : []),
    ],
    [
      ...row("strong MCC, Pearson", ({ strongPearson }) => strongPearson),
      ...row("strong MCC, Spearman", ({ strongSpearman }) => strongSpearman),
      ...row("within tasks, Pearson", ({ perTaskPearson }) => perTaskPearson),
      ...row("within tasks, Spearman", ({ perTaskSpearman }) => perTaskSpearman),
      ...row("weak MCC (mean canonical correlation)", ({ weak }) => weak),
      ...row("smallest canonical correlation", ({ smallestCanonical }) => smallestCanonical),
      ...row("R² of the truth", ({ r2 }) => r2),
      ...row("disentanglement", ({ disentanglement }) => disentanglement),
      ...row("completeness", ({ completeness }) => completeness),
      ...row("out of sample: strong MCC, Pearson", ({ outOfSample }) => outOfSample?.strongPearson),
      ...row("out of sample: strong MCC, Spearman", ({ outOfSample }) => outOfSample?.strongSpearman),
      ...row("out of sample: weak MCC", ({ outOfSample }) => outOfSample?.weak),
      ...row("out of sample: R² of the truth", ({ outOfSample }) => outOfSample?.r2),
      // Without learning: always the commoner answer, or always the base rate as the probability.
      ...(causes
        ? [
            ...causeRow("causes: accuracy", causes.accuracy, Math.max(causes.baseRate, 1 - causes.baseRate)),
            ...causeRow("causes: AUROC", causes.auroc, 0.5),
            ...causeRow("causes: Brier score (lower is better)", causes.brier, causes.baseRate * (1 - causes.baseRate)),
            ...causeRow("causes: calibration error (lower is better)", causes.calibrationError, 0),
          ]
        : []),
    ],
  );
}
