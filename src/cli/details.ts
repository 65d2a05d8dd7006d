import type { FittedModel } from "../model/fitted-model.ts";
import type { Certificate } from "../mtlcm/certificate.ts";
import { latentName } from "../mtlcm/latent-names.ts";
import { textTable } from "./text-table.ts";

/** The pairs of latents that are hardest to tell apart, and every pair that is not. */
export function pairLines({ pairs }: Certificate): string[] {
  const HARDEST = 5;
  const ordered = [...pairs].sort((a, b) => a.z - b.z);
  const shown = ordered.filter(({ separated }, rank) => !separated || rank < HARDEST);
  if (shown.length === 0) return [];
  return [
    "hardest pairs of latents to tell apart (evidence z; separated from 3 on):",
    ...textTable(
      [{ text: "pair" }, { text: "z", align: "right" }, { text: "" }],
      shown.map(({ i, j, z, separated }) => [
        `${latentName(i)} ${latentName(j)}`,
        z.toFixed(1),
        separated ? "separated" : "not separated",
      ]),
    ),
    "",
  ];
}

/** The indicators that are least certain, when there was a bootstrap. */
export function indicatorLines({ bootstrap, taskNames, mtlcm }: FittedModel): string[] {
  const SHOWN = 5;
  if (bootstrap === undefined) return [];
  const { flip, pCauseLow, pCauseHigh } = bootstrap.indicators;
  const least = Array.from(flip.data, (p, at) => ({ p, at }))
    .sort((a, b) => b.p - a.p)
    .slice(0, SHOWN);
  const at2 = (values: Float64Array, at: number) => (values[at] ?? Number.NaN).toFixed(2);
  return [
    `least certain indicators of ${flip.data.length} (probability that the latent changes sides when ${bootstrap.resample} are redrawn):`,
    ...textTable(
      [{ text: "target" }, { text: "latent" }, { text: "flips", align: "right" }, { text: "P(cause)" }],
      least.map(({ p, at }) => [
        taskNames[Math.floor(at / flip.cols)] ?? "",
        latentName(at % flip.cols),
        p.toFixed(2),
        `${at2(mtlcm.pCause.data, at)} (${at2(pCauseLow.data, at)} to ${at2(pCauseHigh.data, at)})`,
      ]),
    ),
    "",
  ];
}

/** Where the model comes from. */
export function provenanceLines({ provenance, mtrn, layout, taskNames }: FittedModel): string[] {
  const { version, seed, engine, device, fingerprint } = provenance;
  const network = mtrn
    ? `${mtrn.architecture.kind === "egnn" ? "EGNN" : "encoder"} ${[mtrn.architecture.inputDim, ...mtrn.architecture.hidden, mtrn.architecture.featureDim].join("-")}`
    : "no encoder (fitted to a given representation)";
  return [
    `${network}; ${layout} data, ${taskNames.length} targets`,
    `taskprism ${version}, seed ${seed}${engine ? `, ${engine} on ${device}` : ""}, data ${fingerprint.slice(0, 12)}`,
  ];
}
