import { type FittedModel, latentNames } from "../model/fitted-model.ts";
import { mccFloor } from "../mtlcm/hidden-noise-floor.ts";
import type { SharedOptions } from "./command.ts";
import { textTable } from "./text-table.ts";

/** Prints a result on stdout: the object as JSON when asked for, else the lines. */
export function printResult(
  { json }: Pick<SharedOptions, "json">,
  result: object,
  lines: () => readonly string[],
): void {
  const text = json ? JSON.stringify(result, null, 2) : lines().join("\n");
  process.stdout.write(`${text}\n`);
}

/** The latents by importance and the verdict: what a person wants to see first. */
export function modelSummary(model: FittedModel): string[] {
  const { mtlcm, certificate, layout } = model;
  const counts = layout === "wide" ? relatedTargets(model) : causedTargets(model);
  const rows = latentNames(mtlcm.unmixing.rows).map((name, j) => [
    name,
    percent(mtlcm.explained[j] ?? 0),
    String(counts[j]),
    correlation(certificate.latents[j]?.predictedCorrelation ?? null),
    certificate.latents[j]?.verdict ?? "",
  ]);
  return [
    ...textTable(
      [
        { text: "latent" },
        { text: "explains", align: "right" },
        { text: layout === "wide" ? "related" : "causes", align: "right" },
        { text: layout === "wide" ? "with itself" : "predicted", align: "right" },
        { text: "verdict" },
      ],
      rows,
    ),
    "",
    certificate.verdict,
    certificateLine(model),
    ...bootstrapLines(model),
    relationLine(model),
    ...mtlcm.notes.map((note) => `note: ${note}`),
    "",
  ];
}

/**
 * For every target from the `first` on its causes and its effects, strongest first. Wide data do not show which is which, so there the headings
 * say that it is a rule.
 */
export function targetTable({ taskNames, mtlcm, layout }: FittedModel, first = 0): string[] {
  const names = latentNames(mtlcm.unmixing.rows);
  const rows = taskNames.map((task, t) => {
    const links = names.map((name, j) => ({ name, ...linkOf(mtlcm, t * names.length + j) })).filter(isPresent);
    links.sort((a, b) => Math.abs(b.tStatistic) - Math.abs(a.tStatistic));
    const causes = links.filter(({ pCause }) => pCause > 0.5);
    const effects = links.filter(({ pEffect }) => pEffect > 0.5);
    return [
      task,
      strongest(causes.map(({ name, pCause }) => `${name} (${pCause.toFixed(2)})`)),
      strongest(effects.map(({ name, effect }) => `${name} (${signed(effect)})`)),
    ];
  });
  const by = layout === "wide" ? ", by rule" : "";
  const headings = [{ text: "target" }, { text: `causes${by} (probability)` }, { text: `effects${by} (size)` }];
  return textTable(headings, rows.slice(first));
}

/** As many as fit on a line, and how many there are beside them. */
function strongest(links: readonly string[]): string {
  const SHOWN = 4;
  if (links.length === 0) return "–";
  return links.slice(0, SHOWN).join(" ") + (links.length > SHOWN ? ` and ${links.length - SHOWN} more` : "");
}

/** A link between a latent and a target counts as present when its slope is this many standard errors from zero. */
const PRESENT = 3;

const isPresent = ({ tStatistic }: { tStatistic: number }) => Math.abs(tStatistic) > PRESENT;

function linkOf({ pCause, pEffect, effect, effectSe }: FittedModel["mtlcm"], at: number) {
  const [slope = 0, error = Number.POSITIVE_INFINITY] = [effect.data[at], effectSe.data[at]];
  return {
    pCause: pCause.data[at] ?? 0,
    pEffect: pEffect.data[at] ?? 0,
    effect: slope,
    tStatistic: slope / error,
  };
}

/** For every latent the number of targets that it causes. */
const causedTargets = (model: FittedModel) => countLinks(model, ({ pCause }) => pCause > 0.5);

/** For every latent the number of targets that it is related to, as a cause or as an effect. */
const relatedTargets = (model: FittedModel) => countLinks(model, ({ pCause, pEffect }) => pCause + pEffect > 0.5);

function countLinks({ mtlcm }: FittedModel, counts: (link: ReturnType<typeof linkOf>) => boolean): number[] {
  const d = mtlcm.unmixing.rows;
  const numbers = new Array<number>(d).fill(0);
  for (let at = 0; at < mtlcm.pCause.data.length; at++) {
    const link = linkOf(mtlcm, at);
    if (isPresent(link) && counts(link)) numbers[at % d] = (numbers[at % d] ?? 0) + 1;
  }
  return numbers;
}

/** What noise that does not show may cost goes without saying up to here. */
const NOTABLE_FLOOR = 2.5e-3;

function certificateLine({ certificate, mtlcm, layout, mtrn }: FittedModel): string {
  const { predictedMcc, splitHalfMcc, fitRatio } = certificate;
  const { starts, agreed, converged, name, sigmaObs = 0 } = mtlcm.solver;
  const floor = mccFloor(certificate);
  const parts = [
    `${layout === "wide" ? "MCC with itself when rows are redrawn" : "predicted MCC"} ${correlation(predictedMcc)}${
      mtrn !== null && layout === "long" && predictedMcc !== null ? " with the latents as the encoder carries them" : ""
    }${
      predictedMcc !== null && floor !== null && predictedMcc - floor > NOTABLE_FLOOR
        ? ` (${correlation(floor)} if noise that does not show is as large as it can be)`
        : ""
    }`,
    `split-half MCC ${correlation(splitHalfMcc)}`,
    `fit ratio ${fitRatio.toPrecision(3)}`,
    `${agreed} of ${starts} starts agreed`,
    ...(name === "closed-form" ? [] : [`solver ${name} with observation noise ${sigmaObs.toPrecision(3)}`]),
  ];
  return [...parts, ...(converged ? [] : ["the solver did not converge"])].join(", ");
}

function bootstrapLines({ certificate, bootstrap }: FittedModel): string[] {
  if (bootstrap === undefined) return [];
  const { replicates, failed, resample, level, mcc, flipped } = bootstrap;
  const range = `${correlation(mcc.low)} to ${correlation(mcc.high)}`;
  const of = certificate.predictedMcc === null || certificate.layout === "wide" ? "with itself" : "with the truth";
  return [
    `bootstrap (${replicates} replicates, ${resample} redrawn): MCC ${of} ${range} (${100 * level} %), ` +
      `an indicator flips with probability ${flipped.toFixed(3)}${failed > 0 ? `; ${failed} replicates failed` : ""}`,
  ];
}

/** How many latents have to do with a target, and how causes are told from effects. */
function relationLine({ layout, mtlcm }: FittedModel): string {
  const { share, background, someUnrelated } = mtlcm.relation;
  const related =
    someUnrelated > 0.5
      ? `${percent(share)} of latents are related to a target (background ${background.toFixed(3)})`
      : "every latent is related to every target";
  return layout === "wide" ? `${related}; causes are told from effects by a rule, not by evidence` : related;
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const correlation = (value: number | null) => (value === null ? "–" : value.toFixed(4));
const signed = (value: number) => (value < 0 ? "−" : "+") + Math.abs(value).toPrecision(2);
