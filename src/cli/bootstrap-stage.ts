import { ConfigError } from "../errors.ts";
import type { FittedModel } from "../model/fitted-model.ts";
import { type BootstrapInput, type BootstrapOptions, bootstrapInput, checkBootstrap } from "../mtlcm/bootstrap.ts";
import { type Bootstrap, summariseBootstrap } from "../mtlcm/bootstrap-summary.ts";
import { withIntervals } from "../mtlcm/certificate-intervals.ts";
import type { MtlcmOptions } from "../mtlcm/mtlcm.ts";
import { bootstrapSteps } from "../node/index.ts";
import type { BootstrapFlags } from "./bootstrap-flags.ts";
import { ExitCode } from "./exit.ts";
import { onInterrupt } from "./interrupt.ts";
import type { Progress } from "./progress.ts";

/** A fitted model and the data it was fitted to, in its latents. */
export interface Bootstrappable extends Pick<BootstrapInput, "data" | "seed"> {
  readonly model: FittedModel;
  readonly options: MtlcmOptions;
}

/** A bootstrap that was asked for, as it is recorded in config.yaml. */
export interface BootstrapRequest extends BootstrapOptions {
  readonly replicates: number;
}

/** The bootstrap that the flags ask for, if any. Throws ConfigError when there is none and they say how it should be. */
export function bootstrapRequest(flags: BootstrapFlags): BootstrapRequest | undefined {
  const { bootstrap: replicates = 0, resample, bootstrapStarts: freshStarts, workers } = flags;
  if (replicates > 0) {
    return {
      replicates,
      ...(resample !== undefined && { resample }),
      ...(freshStarts !== undefined && { freshStarts }),
    };
  }
  const given = { "--resample": resample, "--bootstrap-starts": freshStarts, "--workers": workers };
  const idle = Object.entries(given).find(([, value]) => value !== undefined)?.[0];
  if (idle !== undefined) throw new ConfigError(`${idle} is about the bootstrap; give --bootstrap N too`);
  return undefined;
}

/**
 * Throws ConfigError for a bootstrap that the data do not allow, before any time is spent on the fit.
 *
 * @param groups of rows whose moments are all there is; undefined where the rows themselves are
 */
export function checkBootstrapRequest(request: BootstrapRequest | undefined, tasks: number, groups?: number): void {
  if (request !== undefined) checkBootstrap(request, tasks, groups);
}

/**
 * The model with a bootstrap, if one was asked for. Ctrl-C ends it, but the fit is complete by then: the model comes back
 * as it was, and the exit code says that something was interrupted.
 */
export async function bootstrapModel(
  { model, data, options, seed }: Bootstrappable,
  request: BootstrapRequest | undefined,
  { workers }: BootstrapFlags,
  progress: Progress,
): Promise<FittedModel> {
  if (request === undefined) return model;
  const { replicates, ...resampling } = request;
  const input = bootstrapInput(model.mtlcm, { data, options: { ...options, ...resampling }, seed });
  const interrupt = onInterrupt();
  try {
    const pool = { signal: interrupt.signal, ...(workers !== undefined && { workers }) };
    const steps = bootstrapSteps(input, replicates, pool);
    progress.update({ phase: "bootstrap", done: 0, total: replicates, detail: "starting" });
    for (;;) {
      const { value, done } = await steps.next();
      if (done) {
        const { latents } = model.certificate;
        return withBootstrap(model, summariseBootstrap(value, model.mtlcm, resampling.resample ?? "rows", latents));
      }
      progress.update({ phase: "bootstrap", ...value, detail: `${value.done} of ${value.total} replicates` });
    }
  } catch (error) {
    if (!interrupt.requested) throw error;
    progress.stop();
    process.stderr.write("bootstrap stopped; the results are complete but for its intervals\n");
    process.exitCode = ExitCode.interrupted;
    return model;
  } finally {
    interrupt.dispose();
  }
}

function withBootstrap(model: FittedModel, bootstrap: Bootstrap): FittedModel {
  return { ...model, certificate: withIntervals(model.certificate, bootstrap), bootstrap };
}
