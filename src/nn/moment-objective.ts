import type { Tensor } from "../graph/tensor.ts";
import type { Values } from "../runtime/values.ts";
import type { FloatArray, WeightTensors } from "./parameters.ts";
import type { Objective } from "./training-session.ts";

/** What a run is fed to find its batch, by the names of the graph's inputs. */
export type BatchFeeds = Readonly<Record<string, Values>>;

/**
 * A loss that sees its batch only through a few numbers: moments that the graph computes, and a function of them that is
 * worked out in float64 beside it, with whatever solvers that takes. By the chain rule
 *
 *     ∂ loss(m(θ)) / ∂θ = ∂ ⟨slopes, m(θ)⟩ / ∂θ ,   slopes = ∂ loss / ∂m held fixed,
 *
 * so the graph differentiates a weighted sum of moments, and nothing that has no operation there has to be in it.
 */
export interface MomentObjective<Batch> extends Pick<Objective, "parameters" | "data"> {
  /** The graph inputs that describe a batch. */
  readonly inputs: readonly Tensor[];
  /** Their values for a batch. */
  feeds(batch: Batch): BatchFeeds;
  /** The moments of the batch that the inputs describe, in any shape. */
  moments(weights: WeightTensors): Tensor;
  /** The loss as a function of the moments' values, and its derivatives by them, row-major. */
  loss(moments: FloatArray, batch: Batch): MomentLoss;
}

/** A loss and its slopes. */
export interface MomentLoss {
  readonly value: number;
  readonly slopes: FloatArray;
}
