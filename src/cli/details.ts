import type { FittedModel } from "../model/fitted-model.ts";
import type { Certificate } from "../mtlcm/certificate.ts";
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
      shown.map(({ i, j, z, separated }) => [`z${i} z${j}`, z.toFixed(1), separated ? "separated" : "not separated"]),
    ),
    "",
  ];
}

/** Where the model comes from. */
export function provenanceLines({ provenance, mtrn, layout, taskNames }: FittedModel): string[] {
  const { version, seed, engine, device, fingerprint } = provenance;
  const network = mtrn
    ? `encoder ${[mtrn.architecture.inputDim, ...mtrn.architecture.hidden, mtrn.architecture.featureDim].join("-")}`
    : "no encoder (fitted to a given representation)";
  return [
    `${network}; ${layout} data, ${taskNames.length} targets`,
    `taskprism ${version}, seed ${seed}${engine ? `, ${engine} on ${device}` : ""}, data ${fingerprint.slice(0, 12)}`,
  ];
}
