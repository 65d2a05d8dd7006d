import { availableParallelism } from "node:os";
import type { MoleculeData } from "../data/molecules/molecule-data.ts";
import type { MultiTaskData } from "../data/multi-task-data.ts";
import { fitMtrn } from "../mtrn/mtrn.ts";
import type { MtrnOptions } from "../mtrn/options.ts";
import { createRandom } from "../stats/random.ts";

/** Seconds of updates in one measurement, measurements of each number of threads, and updates before them. */
const [SECONDS, MEASUREMENTS, WARM_UP] = [0.05, 5, 3];

/**
 * The number of threads with which an update of stage 1 on these data takes least time: 1, 2, 4, … up to `most`, as long as
 * each is faster than the one before. The least of several measurements counts, which what else the machine does disturbs least.
 *
 * Results on tables are the same bytes with any number of threads (`mtrn/threads.test.ts`), so that what is measured decides about
 * time alone. Not so with molecules: there the runtime's sums over neighbours vary with more than one.
 */
export async function chooseThreads(
  data: MultiTaskData | MoleculeData,
  options: MtrnOptions,
  most = availableParallelism(),
): Promise<number> {
  if (most === 1) return 1;
  let [chosen, least] = [1, Number.POSITIVE_INFINITY];
  for (let threads = 1; threads <= most; threads *= 2) {
    const seconds = await secondsOfUpdate(data, { ...options, threads });
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
