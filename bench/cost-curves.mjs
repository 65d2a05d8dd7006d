import { createRandom, fitMtrn, nonlinearData } from "../dist/index.js";
import { stopwatch } from "./stopwatch.mjs";

const UPDATES = 40;
const BASE = { rowsPerTask: 200, tasks: 100, latents: 20, width: 200 };

/** What an update of stage 1 costs as rows, tasks, latents and width grow from one setting, one at a time; one thread. */
export const costCurves = {
  name: "cost-curves",
  async *run({ quick }) {
    const curves = {
      rowsPerTask: [50, 200, 800],
      tasks: [25, 100, 400],
      latents: [5, 10, 20],
      width: quick ? [100, 200] : [100, 200, 400, 800],
    };
    for (const [what, sizes] of Object.entries(curves)) {
      const points = [];
      for (const size of sizes) {
        const seconds = await secondsPerUpdate({ ...BASE, [what]: size });
        points.push([size, seconds]);
        yield {
          what: `an update, ${NAMES[what]} = ${what === "rowsPerTask" ? size * BASE.tasks : size}`,
          ours: { seconds },
        };
      }
      const [[x0, y0], [x1, y1]] = [points[0], points.at(-1)];
      const exponent = Math.log(y1 / y0) / Math.log(x1 / x0);
      yield {
        what: `exponent in ${NAMES[what]}, smallest to largest`,
        ours: { value: exponent.toFixed(2) },
        peer: "theory",
        theirs: { value: THEORY[what] },
      };
    }
  },
};

const NAMES = { rowsPerTask: "rows", tasks: "tasks", latents: "latents", width: "width" };
/** An update has a fixed number of rows, and evaluates the head of each row's own task alone. */
const THEORY = { rowsPerTask: "0", tasks: "0", latents: "below 1", width: "1" };

/** Processor seconds of an update once it is warm, which other programs' load moves less than the wall's. */
async function secondsPerUpdate({ rowsPerTask, tasks, latents, width }) {
  const { data } = nonlinearData({ rowsPerTask, tasks, latentDim: latents }, createRandom(0));
  const options = { latentDim: latents, preset: "paper", hidden: [width], epochs: 100, threads: 1 };
  const steps = fitMtrn(data, options, createRandom(1));
  for (let k = 0; k < UPDATES; k++) await steps.next();
  const elapsed = stopwatch();
  for (let k = 0; k < 2 * UPDATES; k++) await steps.next();
  const { cpuSeconds } = elapsed();
  await steps.return();
  return cpuSeconds / (2 * UPDATES);
}
