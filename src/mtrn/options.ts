import { ConfigError } from "../errors.ts";
import { constantRate, type Schedule, warmUpCosine } from "../nn/schedule.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import { rowCount, type Targets } from "../stats/targets.ts";
import type { TeamSource } from "./joint-training.ts";

/** The named settings: `default` recovers more latents, `paper` repeats Chen et al. 2024. */
export type Preset = "default" | "paper";

/** What a user may say about stage 1; whatever is left out comes from the preset. */
export interface MtrnOptions extends RuntimeOptions {
  /** d, the number of latents: at most the number of tasks. */
  readonly latentDim: number;
  /**
   * Numbers of latents to choose from after training (`chooseLatentDim`), at least one; latentDim must be the largest of
   * them, since that many directions are trained. By default latentDim is what is taken.
   */
  readonly latentDims?: readonly number[] | undefined;
  readonly preset?: Preset | undefined;
  /** F, the width of the feature layer, d ≤ F ≤ T; the span of the heads is cut out of it. */
  readonly featureDim?: number | undefined;
  /** Widths of the hidden layers of the encoder. */
  readonly hidden?: readonly number[] | undefined;
  readonly epochs?: number | undefined;
  readonly batchSize?: number | undefined;
  readonly learningRate?: number | undefined;
  /** Updates over which the learning rate rises linearly; for the cosine schedule. */
  readonly warmUp?: number | undefined;
  readonly schedule?: "cosine" | "constant" | undefined;
  /**
   * "joint": heads are trained with the encoder. "ridge": in batches of whole tasks every head is solved exactly, and only
   * the encoder is trained; for long data. By default "ridge" for 10 latents or more in
   * long tables of which every task has 2 (F + 1) rows: trained heads lose latents there, and serve better where there are few.
   */
  readonly heads?: "joint" | "ridge" | undefined;
  /** Ridge penalty of the heads in units of the features' mean variance; for "ridge". */
  readonly headPenalty?: number | undefined;
  /** Share of the rows held out for early stopping, in [0, 1); 0 trains on all rows to the last epoch. */
  readonly holdOut?: number | undefined;
  /** Epochs without a better held-out loss before training stops. */
  readonly patience?: number | undefined;
  /**
   * Threads that share every batch, for heads trained along on the CPU (`trainingTeam` on Node). The same number of members gives
   * the same bytes, another number other last digits.
   */
  readonly team?: TeamSource | undefined;
}

/** Every setting of stage 1, decided. */
export type MtrnSettings = {
  readonly [K in Exclude<keyof MtrnOptions, keyof RuntimeOptions | "latentDims" | "team">]-?: NonNullable<
    MtrnOptions[K]
  >;
};

/** Held-out rows are evaluated in one run of the runtime; more than this many would add memory and no information. */
const MAX_HELD_OUT = 16_384;

/** Updates that the default number of epochs amounts to. */
const DEFAULT_UPDATES = 6000;

/** From so many latents on heads that are trained with the encoder are at risk of losing one (docs/training.md). */
const MANY_LATENTS = 10;

/**
 * All settings of stage 1 for these targets: what was asked for, else the preset.
 * @throws ConfigError for a value that does not fit, naming the option and what would
 */
export function mtrnSettings(
  { team, ...options }: MtrnOptions,
  targets: Targets,
  encoder: "mlp" | "egnn" = "mlp",
): MtrnSettings {
  const preset = options.preset ?? "default";
  const usual = encoder === "egnn" ? MOLECULES[preset](options) : {};
  const asked = { ...usual, ...definedOnly(options) };
  const settings = {
    ...(preset === "paper" ? paperSettings(asked, targets) : defaultSettings(asked, targets, encoder)),
    ...usual,
    ...definedOnly(options),
    preset,
  };
  check(settings, targets);
  if (team) checkTeam(settings, options);
  if (options.latentDims) checkCandidates(options.latentDims, settings);
  return settings;
}

/** The rate at every update, for training of `steps` updates in all. */
export function learningRates({
  schedule,
  learningRate,
  warmUp,
}: Pick<MtrnSettings, "schedule" | "learningRate" | "warmUp">): (steps: number) => Schedule {
  if (schedule === "constant") return () => constantRate(learningRate);
  return (steps) => warmUpCosine({ rate: learningRate, warmUp: Math.min(warmUp, Math.floor(steps / 4)), total: steps });
}

/** What is otherwise for an EGNN on molecules; the paper's second layer is as narrow as its output. */
const MOLECULES: Readonly<Record<Preset, (options: MtrnOptions) => Partial<MtrnSettings>>> = {
  default: () => ({ hidden: [64, 64], batchSize: 256, learningRate: 1e-2 }),
  paper: ({ latentDim }) => ({ hidden: [64, latentDim], batchSize: 256, learningRate: 1e-3, epochs: 300 }),
};

function defaultSettings(options: MtrnOptions, targets: Targets, encoder: "mlp" | "egnn"): MtrnSettings {
  const { latentDim, batchSize = 512 } = options;
  const tasks = targets.taskNames.length;
  const rows = rowCount(targets);
  const stepsPerEpoch = Math.ceil(rows / Math.min(batchSize, rows));
  const epochs = options.epochs ?? Math.max(3, Math.ceil(DEFAULT_UPDATES / stepsPerEpoch));
  const losesLatents = latentDim >= MANY_LATENTS;
  const featureDim = options.featureDim ?? Math.min(tasks, latentDim + Math.max(8, Math.ceil(latentDim / 2)));
  return {
    latentDim,
    preset: "default",
    heads: losesLatents && encoder === "mlp" && smallestTask(targets) >= 2 * (featureDim + 1) ? "ridge" : "joint",
    headPenalty: 0.1,
    featureDim,
    hidden: [512],
    epochs,
    batchSize,
    learningRate: 3e-3,
    warmUp: 200,
    schedule: "cosine",
    holdOut: Math.min(0.1, MAX_HELD_OUT / rows),
    patience: Math.max(5, Math.ceil(epochs / 2)),
  };
}

/** Rows of the task that has fewest; none in wide data, where tasks have no rows of their own. */
function smallestTask(targets: Targets): number {
  if (targets.layout === "wide") return 0;
  const rows = new Int32Array(targets.taskNames.length);
  for (const t of targets.task) rows[t]++;
  return Math.min(...rows);
}

/** Table in the paper's appendix and the original code: features exactly as wide as d, constant rate, nothing held out. */
function paperSettings({ latentDim }: MtrnOptions, targets: Targets): MtrnSettings {
  const shared = {
    latentDim,
    preset: "paper",
    heads: "joint",
    headPenalty: 0.01,
    featureDim: latentDim,
    schedule: "constant",
    warmUp: 0,
  } as const;
  const toTheEnd = { holdOut: 0, patience: Number.MAX_SAFE_INTEGER };
  return targets.layout === "long"
    ? { ...shared, ...toTheEnd, hidden: [200], learningRate: 1e-3, batchSize: 1024, epochs: 2000 }
    : { ...shared, ...toTheEnd, hidden: [64, 64], learningRate: 5e-3, batchSize: 256, epochs: 200 };
}

function definedOnly<T extends object>(options: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function checkCandidates(candidates: readonly number[], { latentDim, holdOut }: MtrnSettings): void {
  if (!candidates.every((d) => Number.isInteger(d) && d >= 1) || Math.max(...candidates) !== latentDim) {
    throw new ConfigError(
      `latentDims must be whole numbers of at least 1, the largest of them latentDim (${latentDim})`,
    );
  }
  if (holdOut === 0) throw new ConfigError("latentDims are told apart by rows held out, so holdOut must be above 0");
}

function checkTeam({ heads }: MtrnSettings, { device = "cpu" }: RuntimeOptions): void {
  if (heads === "ridge") throw new ConfigError('a team shares batches of heads trained along ("joint"), not "ridge"');
  if (device !== "cpu") throw new ConfigError(`a team trains on the cpu, not on device '${device}'`);
}

function check(settings: MtrnSettings, targets: Targets): void {
  const { latentDim, featureDim, hidden, epochs, batchSize, learningRate, holdOut, heads, headPenalty } = settings;
  const tasks = targets.taskNames.length;
  const whole = (name: string, value: number, least: number) => {
    if (!Number.isInteger(value) || value < least) {
      throw new ConfigError(`${name} must be a whole number of at least ${least}, got ${value}`);
    }
  };
  whole("latentDim", latentDim, 1);
  whole("featureDim", featureDim, 1);
  whole("epochs", epochs, 1);
  whole("batchSize", batchSize, 1);
  for (const width of hidden) whole("hidden", width, 1);
  if (!(learningRate > 0)) throw new ConfigError(`learningRate must be positive, got ${learningRate}`);
  if (!(holdOut >= 0 && holdOut < 1)) throw new ConfigError(`holdOut must be in [0, 1), got ${holdOut}`);
  if (!(headPenalty > 0)) throw new ConfigError(`headPenalty must be positive, got ${headPenalty}`);
  if (heads === "ridge" && targets.layout === "wide") {
    throw new ConfigError(
      'heads "ridge" are for long data, where each row belongs to one task; take "joint" for wide data',
    );
  }
  if (latentDim > tasks) {
    throw new ConfigError(
      `latentDim is ${latentDim}, but ${tasks} targets can identify at most ${tasks} latents; lower latentDim or add targets`,
    );
  }
  if (rowCount(targets) <= latentDim) {
    throw new ConfigError(
      `latentDim is ${latentDim}, but there are only ${rowCount(targets)} rows; more rows than latents are needed`,
    );
  }
  if (featureDim < latentDim) {
    throw new ConfigError(`featureDim is ${featureDim}; it must be at least latentDim, which is ${latentDim}`);
  }
}
