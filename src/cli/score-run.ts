import type { Matrix } from "../linalg/matrix.ts";
import { type IndicatorScores, scoreIndicators } from "../metrics/indicators.ts";
import { type LatentScores, scoreLatents } from "../metrics/latent-scores.ts";
import { randomHalves } from "../metrics/row-halves.ts";
import { latentNames } from "../model/fitted-model.ts";
import { checkPictureName, writePicture } from "../node/index.ts";
import { correlationMatrix } from "../report/charts/correlation-matrix.ts";
import { createRandom } from "../stats/random.ts";
import type { ScoreFlags } from "./score.ts";
import { readScoreInputs, type ScoreInputs } from "./score-inputs.ts";
import { scoreTable } from "./score-table.ts";
import { printResult } from "./summary.ts";

/** Prints every score of latents against the truth, beside the null line when the raw input is given. */
export async function runScore(latentsPath: string, truthPath: string, flags: ScoreFlags): Promise<void> {
  if (flags.heatmap !== undefined) checkPictureName(flags.heatmap);
  const inputs = await readScoreInputs(latentsPath, truthPath, flags);
  const { latents, truth, raw, task, causes } = inputs;
  const halves = randomHalves(truth.rows, createRandom(flags.seed).split("halves"));
  const score = (left: Matrix) =>
    // Half of the rows must be more than what a perfect fit needs, or there is no score out of sample.
    scoreLatents(left, truth, { task, halves: halves.score.length > left.cols + truth.cols ? halves : undefined });
  const scores = score(latents);
  const nullLine = raw && score(raw);
  const indicators = causes && scoreIndicators(causes.probability, causes.truth, scores.pooled.pearson.pairs);
  if (flags.heatmap !== undefined) await writeHeatmap(flags.heatmap, inputs, scores);
  const result = {
    rows: truth.rows,
    scores: { ...plain(scores), ...(indicators && { causes: plainCauses(indicators) }) },
    nullLine: nullLine && plain(nullLine),
  };
  printResult(flags, result, () => scoreTable(result.scores, result.nullLine));
}

/** The scores as plain numbers. */
export type PlainScores = ReturnType<typeof plain> & { readonly causes?: ReturnType<typeof plainCauses> };

function plain({ pooled, perTask, weak, r2, dci, outOfSample }: LatentScores) {
  return {
    strongPearson: pooled.pearson.score,
    strongSpearman: pooled.spearman.score,
    ...(perTask && { perTaskPearson: perTask.pearson.score, perTaskSpearman: perTask.spearman.score }),
    weak: weak.mean,
    smallestCanonical: weak.smallest,
    r2: r2.mean,
    disentanglement: dci.disentanglement,
    completeness: dci.completeness,
    ...(outOfSample && { outOfSample }),
    matching: pooled.pearson.pairs,
  };
}

function plainCauses({ accuracy, auroc, brier, calibrationError, baseRate, count }: IndicatorScores) {
  return { accuracy, auroc, brier, calibrationError, baseRate, count };
}

async function writeHeatmap(path: string, { latents, truth }: ScoreInputs, { pooled }: LatentScores): Promise<void> {
  const named = (title: string, values: Matrix) => ({ title, values, names: latentNames(values.cols) });
  const { spec, title } = correlationMatrix(named("latents", latents), named("true latents", truth));
  const subtitle = `strong MCC ${pooled.pearson.score.toFixed(4)} (Pearson)`;
  // Loaded here because drawing takes longer to load than most scores take to compute.
  const { renderStandaloneSvg } = await import("../report/render.ts");
  await writePicture(path, await renderStandaloneSvg({ title: { text: title, subtitle }, ...spec }));
}
