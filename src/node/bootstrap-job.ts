import { type BootstrapInput, type Replicate, replicator } from "../mtlcm/bootstrap.ts";

const replicators = new WeakMap<BootstrapInput, (index: number) => Replicate | undefined>();

/** One replicate, in a worker: the part of the work that all replicates share is done once a process. */
export function replicateJob(index: number, input: BootstrapInput): Replicate | undefined {
  const replicate = replicators.get(input) ?? replicator(input);
  replicators.set(input, replicate);
  return replicate(index);
}
