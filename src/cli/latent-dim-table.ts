import type { FittedLatentDim } from "../model/fit.ts";
import { textTable } from "./text-table.ts";

/** What each number of latents would give, and the choice in one sentence. */
export function latentDimLines({ scores, candidates, splitHalfMcc, reason, latentDim }: FittedLatentDim): string[] {
  const rows = scores.map((score) => {
    const at = candidates.indexOf(score.latentDim);
    return [
      `${score.latentDim}${score.latentDim === latentDim ? " *" : ""}`,
      score.singularValue.toFixed(3),
      score.gap === null ? "–" : score.gap.toFixed(2),
      score.logLikelihood.toFixed(4),
      `${score.gain < 0 ? "−" : "+"}${Math.abs(score.gain).toFixed(4)} ± ${score.gainError.toFixed(4)}`,
      at < 0 ? "–" : (splitHalfMcc[at] as number).toFixed(4),
    ];
  });
  const right = { align: "right" } as const;
  const headings = [
    { text: "d" },
    { text: "singular value", ...right },
    { text: "over the next", ...right },
    { text: "held-out log-lik.", ...right },
    { text: "gain", ...right },
    { text: "split-half MCC", ...right },
  ];
  return [...textTable(headings, rows), reason, ""];
}
