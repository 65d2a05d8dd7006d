import { type BootstrapInput, checkBootstrap, type Replicate } from "../mtlcm/bootstrap.ts";
import { type PoolOptions, runJobs } from "./worker-pool.ts";

/** How far a bootstrap is. */
export interface BootstrapProgress {
  readonly done: number;
  readonly total: number;
}

const task = { module: new URL("./bootstrap-job.ts", import.meta.url), name: "replicateJob" };

/**
 * The replicates of a bootstrap, computed on all cores.
 *
 * @yields after every replicate
 * @returns them in the order of their numbers, the same however many processes there are
 * @throws as `bootstrapReplicate` and `runJobs`
 */
export async function* bootstrapSteps(
  input: BootstrapInput,
  replicates: number,
  pool: Pick<PoolOptions, "workers" | "signal"> = {},
): AsyncGenerator<BootstrapProgress, (Replicate | undefined)[]> {
  const { data } = input;
  const groups = "groups" in data ? data.groups : undefined;
  const { taskNames } = groups?.[0] ?? ("targets" in data ? data.targets : { taskNames: [] });
  checkBootstrap(input.options, taskNames.length, groups?.length);
  const indices = Array.from({ length: replicates }, (_, index) => index);
  const results = new Array<Replicate | undefined>(replicates);
  let done = 0;
  const options = { ...pool, shared: input, memoryPerJob: memoryOf(input) };
  for await (const { index, result } of runJobs<number, Replicate | undefined>(task, indices, options)) {
    results[index] = result;
    yield { done: ++done, total: replicates };
  }
  return results;
}

/** Bytes that a process takes: Node itself, and the rows three times, as sent, as held, and their weights. */
function memoryOf({ data }: BootstrapInput): number {
  const NODE = 80e6;
  if ("groups" in data) {
    const numbers = data.groups.reduce((sum, { dim, taskNames }) => sum + taskNames.length * (dim + 1) ** 2, 0);
    return NODE + 24 * numbers;
  }
  const { latents, targets } = data;
  return NODE + 24 * latents.rows * (latents.cols + (targets.layout === "wide" ? targets.values.cols : 2));
}
