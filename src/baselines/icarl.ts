import { ConfigError } from "../errors.ts";
import type { Matrix } from "../linalg/matrix.ts";
import type { RuntimeOptions } from "../runtime/session.ts";
import type { NumericTable } from "../stats/standardise.ts";
import type { Baseline, BaselineModel } from "./baseline.ts";
import { type ColliderOptions, colliderCauses } from "./collider-causes.ts";
import { inferLatents } from "./infer-latents.ts";
import { fitInvariantPredictor, type InvariantPredictor, predictInvariantly } from "./invariant-predictor.ts";
import type { IvaeModel, IvaeOptions } from "./ivae.ts";
import { nfIvae } from "./nf-ivae.ts";

/** Options of all three phases: those of NF-iVAE, and how causes are tested for. */
export interface IcarlOptions extends IvaeOptions, ColliderOptions {}

/** What the three phases of iCaRL found. */
export interface IcarlModel extends BaselineModel {
  readonly method: "icarl";
  /** Phase 1. */
  readonly representation: IvaeModel;
  /** Phase 2: tasks × d, 1 for a cause, else 0. */
  readonly causes: Matrix;
  /** Phase 3. */
  readonly predictor: InvariantPredictor;
}

/**
 * iCaRL whole (Lu et al. 2022): NF-iVAE, the causes of every target among its latents by the collider rule, and the predictor that reads
 * these alone. The latents are those of NF-iVAE, the first phase.
 */
export const icarl: Baseline<IcarlModel, IcarlOptions> = {
  name: "icarl",
  summary: "iCaRL: NF-iVAE, causes by the collider rule, invariant predictor",
  trains: true,
  readsTargets: true,
  async *fitSteps(data, { test, level, ...options }, random, resume) {
    const { targets } = data;
    if (targets.layout !== "long") {
      throw new ConfigError("icarl finds causes inside of a task, in long data; for its latents alone use nf-ivae");
    }
    const { model: representation, latents, ...fit } = yield* nfIvae.fitSteps(data, options, random, resume);
    const causes = colliderCauses(latents, targets, { test, level });
    const predictor = fitInvariantPredictor(latents, targets, causes);
    const { inputDim } = representation;
    return { ...fit, latents, model: { method: "icarl", inputDim, representation, causes, predictor } };
  },
  transform: ({ representation }, rows, runtime) => nfIvae.transform(representation, rows, runtime),
};

/**
 * Targets of rows of which only the columns and the tasks are known: latents by the decoder alone, then the predictor.
 * @param task - of every row, as in the fit
 * @throws ShapeError when the columns are not those of the fit
 */
export async function predictByIcarl(
  { representation, predictor }: IcarlModel,
  inputs: NumericTable,
  task: Int32Array,
  runtime: RuntimeOptions = {},
): Promise<Float64Array> {
  return predictInvariantly(predictor, await inferLatents(representation, inputs, runtime), task);
}
