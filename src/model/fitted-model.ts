import type { AtomReferences } from "../data/molecules/atom-references.ts";
import type { MoleculeDescription } from "../data/molecules/molecule-data.ts";
import type { Bootstrap } from "../mtlcm/bootstrap-summary.ts";
import type { Certificate } from "../mtlcm/certificate.ts";
import type { MtlcmFit } from "../mtlcm/mtlcm.ts";
import type { Mtrn } from "../mtrn/mtrn.ts";
import type { Moments } from "../stats/moments.ts";
import type { Adaptation } from "./adapt.ts";

export { latentNames } from "../mtlcm/latent-names.ts";

/** Where a result comes from: enough to make it again. */
export interface Provenance {
  /** Version of this package. */
  readonly version: string;
  readonly seed: number;
  /** SHA-256 of the data files. */
  readonly fingerprint: string;
  /** What ran the training and where; null when there was none. */
  readonly engine: string | null;
  readonly device: string | null;
  /** Every option as it was decided, defaults included. */
  readonly configuration: Readonly<Record<string, unknown>>;
}

/** Both stages, fitted: plain, readonly data that is saved as one file and passed from command to command. */
export interface FittedModel {
  readonly layout: "long" | "wide";
  /**
   * The columns that the encoder reads, in its order; those of the representation when the model starts from a given one,
   * empty where these have no names.
   */
  readonly featureNames: readonly string[];
  readonly taskNames: readonly string[];
  /** How molecules become the graphs that the encoder reads; absent when it reads a table. */
  readonly molecules?: MoleculeDescription;
  /** What targets of molecules were taken relative to: both stages are about the rest. Absent when to nothing. */
  readonly atomReferences?: AtomReferences;
  /** Stage 1; null when the representation came from elsewhere. */
  readonly mtrn: Mtrn | null;
  /** Stage 2. */
  readonly mtlcm: MtlcmFit;
  readonly certificate: Certificate;
  /** What redrawing the data does to the fit, if that was asked for. */
  readonly bootstrap?: Bootstrap;
  /** Moments of every task in latent coordinates: what prediction and new tasks need of the data. */
  readonly moments: Moments;
  /** Tasks that were added after the fit: the last ones of `taskNames`, in that order. */
  readonly adaptations: readonly Adaptation[];
  readonly provenance: Provenance;
}
