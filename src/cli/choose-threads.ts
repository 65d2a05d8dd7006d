import { availableParallelism } from "node:os";
import type { MoleculeData } from "../data/molecules/molecule-data.ts";
import type { MultiTaskData } from "../data/multi-task-data.ts";
import { fitMtrn } from "../mtrn/mtrn.ts";
import type { MtrnOptions } from "../mtrn/options.ts";
import { trainingTeam, workerCount } from "../node/index.ts";
import { createRandom } from "../stats/random.ts";

/** Seconds of updates in one measurement, measurements of each number of threads, and updates before them. */
const [SECONDS, MEASUREMENTS, WARM_UP] = [0.05, 5, 3];

/** How stage 1 uses threads. */
export interface ThreadUse {
  /** Whether each thread needs the data for itself. */
  readonly copiesData: boolean;
  /** The options of a fit on so many threads. */
  on(threads: number, options: MtrnOptions): MtrnOptions;
}

/** Threads divide each operation: results on tables are the same bytes with any number (`mtrn/threads.test.ts`). */
const dividingOperations: ThreadUse = {
  copiesData: false,
  on: (threads, options) => ({ ...options, threads }),
};

/** Threads share the batches, and divide no operation: the same number of them gives the same bytes, of molecules too. */
const sharingBatches: ThreadUse = {
  copiesData: true,
  on: (threads, options) => ({ ...options, threads: 1, ...(threads > 1 && { team: trainingTeam(threads) }) }),
};

/** What serves these data: of molecules, whose sums would vary where operations are divided, batches are shared. */
export function threadUse(
  data: MultiTaskData | MoleculeData,
  { device = "cpu" }: Pick<MtrnOptions, "device">,
): ThreadUse {
  return "description" in data && device === "cpu" ? sharingBatches : dividingOperations;
}

/**
 * The number of threads with which an update of stage 1 on these data takes least time: 1, 2, 4, … up to `most`, as long as
 * each is faster than the one before. The least of several measurements counts, which what else the machine does disturbs least.
 */
export async function chooseThreads(
  data: MultiTaskData | MoleculeData,
  options: MtrnOptions,
  use: ThreadUse,
  most = availableParallelism(),
): Promise<number> {
  const fitting = use.copiesData ? 1 + workerCount(most, { workers: most, memoryPerJob: bytesOf(data) }) : most;
  const limit = Math.min(most, fitting);
  if (limit === 1) return 1;
  let [chosen, least] = [1, Number.POSITIVE_INFINITY];
  for (let threads = 1; threads <= limit; threads *= 2) {
    const seconds = await secondsOfUpdate(data, use.on(threads, options));
    if (seconds >= least) break;
    [chosen, least] = [threads, seconds];
  }
  return chosen;
}

async function secondsOfUpdate(data: MultiTaskData | MoleculeData, options: MtrnOptions): Promise<number> {
  const steps = fitMtrn(data, options, createRandom(0));
  try {
    for (let k = 0; k < WARM_UP; k++) await steps.next();
    let least = Number.POSITIVE_INFINITY;
    for (let k = 0; k < MEASUREMENTS; k++) {
      const started = performance.now();
      let updates = 0;
      while (performance.now() - started < 1000 * SECONDS) {
        const { done } = await steps.next();
        if (done) return least;
        updates++;
      }
      least = Math.min(least, (performance.now() - started) / 1000 / updates);
    }
    return least;
  } finally {
    await steps.return(undefined as never);
  }
}

/** Bytes of a copy of the data, and as much again for what is made of them. */
function bytesOf({ features, targets }: MultiTaskData | MoleculeData): number {
  const arrays = [...Object.values(features), targets.layout === "long" ? targets.values : targets.values.data];
  return 2 * arrays.reduce((bytes, array) => bytes + (ArrayBuffer.isView(array) ? array.byteLength : 0), 0);
}
