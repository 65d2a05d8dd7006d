import { DataError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { type LatentScores, scoreLatents } from "../metrics/latent-scores.ts";
import { scoreWithNullLine } from "../metrics/null-line.ts";
import { readLabels } from "../node/index.ts";
import { readLatents } from "./read-latents.ts";
import type { ScoreFlags } from "./score.ts";
import { printResult } from "./summary.ts";
import { textTable } from "./text-table.ts";

/** Prints every score of latents against the truth, beside the null line when the raw input is given. */
export async function runScore(latentsPath: string, truthPath: string, flags: ScoreFlags): Promise<void> {
  const truth = await readLatents(truthPath);
  const latents = await readSameRows(latentsPath, truthPath, truth);
  const raw = flags.raw === undefined ? undefined : await readSameRows(flags.raw, truthPath, truth);
  const task = flags.task === undefined ? undefined : (await readLabels(flags.task)).task;
  if (task !== undefined && task.length !== truth.rows) {
    throw new DataError(`${task.length} rows, but ${truth.rows} in ${truthPath}`, { source: flags.task as string });
  }
  const { scores, nullLine = undefined } = raw
    ? scoreWithNullLine(latents, raw, truth, task)
    : { scores: scoreLatents(latents, truth, task) };
  printResult(flags, { rows: truth.rows, scores: plain(scores), nullLine: nullLine && plain(nullLine) }, () =>
    scoreTable(scores, nullLine),
  );
}

/** The scores as plain numbers. */
export function plain({ pooled, perTask, weak, r2 }: LatentScores) {
  return {
    strongPearson: pooled.pearson.score,
    strongSpearman: pooled.spearman.score,
    ...(perTask && { perTaskPearson: perTask.pearson.score, perTaskSpearman: perTask.spearman.score }),
    weak: weak.mean,
    smallestCanonical: weak.smallest,
    r2: r2.mean,
    matching: pooled.pearson.pairs,
  };
}

function scoreTable(scores: LatentScores, nullLine: LatentScores | undefined): string[] {
  const columns = [scores, ...(nullLine ? [nullLine] : [])].map(plain);
  const row = (label: string, value: (score: ReturnType<typeof plain>) => number | undefined) => [
    label,
    ...columns.map((score) => value(score)?.toFixed(4) ?? "–"),
  ];
  return textTable(
    [
      { text: "score" },
      { text: "latents", align: "right" },
      ...(nullLine ? [{ text: "null line", align: "right" } as const] : []),
    ],
    [
      row("strong MCC, Pearson", ({ strongPearson }) => strongPearson),
      row("strong MCC, Spearman", ({ strongSpearman }) => strongSpearman),
      ...(scores.perTask
        ? [
            row("within tasks, Pearson", ({ perTaskPearson }) => perTaskPearson),
            row("within tasks, Spearman", ({ perTaskSpearman }) => perTaskSpearman),
          ]
        : []),
      row("weak MCC (mean canonical correlation)", ({ weak }) => weak),
      row("smallest canonical correlation", ({ smallestCanonical }) => smallestCanonical),
      row("R² of the truth", ({ r2 }) => r2),
    ],
  );
}

async function readSameRows(path: string, truthPath: string, truth: Matrix): Promise<Matrix> {
  const latents = await readLatents(path);
  if (latents.rows !== truth.rows) {
    throw new DataError(`${latents.rows} rows, but ${truth.rows} in ${truthPath}`, { source: path });
  }
  return latents;
}
