import { parentPort, workerData } from "node:worker_threads";
import { type JointTraining, trainAsMember } from "../mtrn/joint-training.ts";
import { MeetingsEnded, SharedExchange, type SharedMemory } from "./shared-exchange.ts";
import { packError } from "./worker-error.ts";

/** What a thread of a training team is started with. */
export interface Membership {
  readonly rank: number;
  readonly size: number;
  readonly memory: SharedMemory;
  readonly training: JointTraining;
}

const { rank, size, memory, training } = workerData as Membership;
try {
  const steps = trainAsMember(training, new SharedExchange(rank, size, memory));
  while (!(await steps.next()).done);
} catch (error) {
  if (!(error instanceof MeetingsEnded)) parentPort?.postMessage(packError(error));
}
