import type { Tensor } from "../graph/tensor.ts";
import type { Values } from "../runtime/values.ts";
import type { WeightTensors } from "./parameters.ts";
import type { Objective } from "./training-session.ts";

/** What a run is fed to find its batch, by the names of the graph's inputs. */
export type BatchFeeds = Readonly<Record<string, Values>>;

/** What a loss sees of its batch where that is a few numbers: moments that the graph computes. */
export interface MomentObjective<Batch> extends Pick<Objective, "parameters" | "data"> {
  /** The graph inputs that describe a batch. */
  readonly inputs: readonly Tensor[];
  /** Their values for a batch. */
  feeds(batch: Batch): BatchFeeds;
  /** The moments of the batch that the inputs describe, in any shape. */
  moments(weights: WeightTensors): Tensor;
}
