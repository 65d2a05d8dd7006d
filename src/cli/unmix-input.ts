import { createHash } from "node:crypto";
import { ConfigError, DataError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import { latentsOf, type MomentUnmixing, type UnmixStep, unmixMomentsSteps, unmixSteps } from "../model/unmix.ts";
import type { BootstrapInput } from "../mtlcm/bootstrap.ts";
import type { CertificateOptions } from "../mtlcm/certificate.ts";
import { latentMoments } from "../mtlcm/latent-moments.ts";
import {
  type NamedMatrix,
  readDescribedMoments,
  readInputFile,
  readLabels,
  readMatrix,
  readVector,
  rowsOfMoments,
} from "../node/index.ts";
import type { Random } from "../stats/random.ts";
import type { Targets } from "../stats/targets.ts";
import { readLatents } from "./read-latents.ts";
import type { UnmixFlags } from "./unmix.ts";

/** What stage 2 leaves: the latents too where there were rows. */
export interface UnmixResult extends MomentUnmixing {
  readonly latents?: Matrix;
}

/** The options that name files. */
export type UnmixFiles = {
  readonly [K in "representation" | "target" | "task" | "targets" | "moments"]?: UnmixFlags[K] | undefined;
};

/** What stage 2 starts from, read from files. */
export interface UnmixInput {
  readonly layout: "long" | "wide";
  readonly taskNames: readonly string[];
  /** The columns of the representation; empty where they have no names. */
  readonly featureNames: readonly string[];
  readonly rows: number;
  /** The groups of rows whose moments are all there is; undefined where the rows themselves are. */
  readonly groups?: number;
  /** The rows themselves; undefined where there are moments alone. */
  readonly data?: { readonly representation: NamedMatrix; readonly targets: Targets };
  /** SHA-256 of the files. */
  readonly fingerprint: string;
  steps(options: CertificateOptions, random: Random): Generator<UnmixStep, UnmixResult>;
  /** What a bootstrap draws from, once the latents are known. */
  resampled(result: UnmixResult): BootstrapInput["data"];
}

/** The input that the options name: rows of a representation and targets, or moments of such rows. */
export async function readUnmixInput(flags: UnmixFiles): Promise<UnmixInput> {
  const { representation, target, task, targets, moments } = flags;
  if (moments === undefined) {
    if (representation === undefined) {
      throw new ConfigError("give --representation with its targets, or --moments from taskprism moments");
    }
    return readRows({ ...flags, representation });
  }
  if ([representation, target, task, targets].some((path) => path !== undefined)) {
    throw new ConfigError(
      "--moments holds representation and targets: leave out --representation, --targets and the like",
    );
  }
  return readSavedMoments(moments);
}

async function readSavedMoments(path: string): Promise<UnmixInput> {
  const { layout, columnNames, groups } = await readDescribedMoments(path);
  return {
    layout,
    taskNames: groups[0]?.taskNames ?? [],
    featureNames: columnNames,
    rows: rowsOfMoments(groups),
    fingerprint: await fingerprint([path]),
    groups: groups.length,
    steps: (options, random) => unmixMomentsSteps(groups, layout, options, random),
    resampled: ({ mtlcm }) => ({ groups: groups.map((group) => latentMoments(group, mtlcm)) }),
  };
}

async function readRows(flags: UnmixFiles & { readonly representation: string }): Promise<UnmixInput> {
  const targets = await readTargets(flags);
  const h = await readRepresentation(flags.representation, targets);
  const files = [flags.representation, flags.target, flags.task, flags.targets].filter((path) => path !== undefined);
  return {
    layout: targets.layout,
    taskNames: targets.taskNames,
    featureNames: h.columnNames ?? [],
    rows: h.rows,
    data: { representation: h, targets },
    fingerprint: await fingerprint(files),
    steps: (options, random) => unmixSteps(h, targets, options, random),
    resampled: ({ mtlcm, latents = latentsOf(mtlcm, h) }) => ({ latents, targets }),
  };
}

async function readTargets({ target, task, targets }: UnmixFiles): Promise<Targets> {
  if (targets !== undefined) {
    if (target !== undefined || task !== undefined) {
      throw new ConfigError("give either --targets (wide data), or --target together with --task (long data)");
    }
    const values = await readMatrix(targets);
    const taskNames = values.columnNames ?? Array.from({ length: values.cols }, (_, t) => `y${t}`);
    return { layout: "wide", values, taskNames };
  }
  if (target === undefined || task === undefined) {
    throw new ConfigError(
      "targets are missing: give --targets (wide data), or --target together with --task (long data)",
    );
  }
  const values = await readVector(target);
  const labels = await readLabels(task);
  if (labels.task.length !== values.length) {
    throw new DataError(`${labels.task.length} rows, but ${values.length} in ${target}`, { source: task });
  }
  const missing = values.findIndex((value) => !Number.isFinite(value));
  if (missing >= 0) {
    throw new DataError("the target is missing or infinite; leave the row out", { source: target, row: missing + 1 });
  }
  return { layout: "long", values, ...labels };
}

async function readRepresentation(path: string, targets: Targets): Promise<NamedMatrix> {
  const h = await readLatents(path);
  const rows = targets.layout === "long" ? targets.values.length : targets.values.rows;
  if (h.rows !== rows) throw new DataError(`${h.rows} rows, but ${rows} in the targets`, { source: path });
  const bad = h.data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const column = String((bad % h.cols) + 1);
    throw new DataError("not a finite number", { source: path, row: Math.floor(bad / h.cols) + 1, column });
  }
  if (h.rows <= h.cols) {
    throw new DataError(`${h.rows} rows for ${h.cols} latents; more rows than latents are needed`, { source: path });
  }
  return h;
}

async function fingerprint(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await readInputFile(file));
  return hash.digest("hex");
}
