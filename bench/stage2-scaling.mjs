import { createRandom, fitMtlcmSteps, linearData, momentsOf } from "../dist/index.js";
import { median, stopwatch } from "./stopwatch.mjs";

/** Iterations of the curve that are timed, after as many that warm up. */
const SWEEPS = 6;

/**
 * Stage 2 from moments: the whole of it at d = 50, T = 500, and what one sweep costs as d and T grow. A sweep is two
 * products with all T covariances, O(T d³), and d factorisations, O(d⁴) (method: section 5).
 */
export const stage2Scaling = {
  name: "stage2-scaling",
  async *run({ quick }) {
    if (!quick) yield* large();
    const dims = quick ? [5, 10, 20] : [5, 10, 20, 50, 100];
    const tasks = quick ? [10, 100, 1000] : [10, 100, 1000, 10_000];
    yield* curve("d", 3, dims, (dim) => ({ latentDim: dim, tasks: 200, rowsPerTask: 150 }));
    yield* curve("T", 1, tasks, (count) => ({ latentDim: 10, tasks: count, rowsPerTask: 100 }));
  },
};

function* large() {
  const moments = momentsFor({ latentDim: 50, causalPerTask: 10, tasks: 500, rowsPerTask: 100 });
  const elapsed = stopwatch();
  const counts = { sweep: 0, newton: 0 };
  let solved;
  let starts = 0;
  for (const step of fitMtlcmSteps(moments, {}, createRandom(1))) {
    solved = elapsed();
    counts[step.phase]++;
    starts = step.start + 1;
  }
  const fitted = elapsed();
  const how = `${starts} starts, ${counts.sweep} sweeps, ${counts.newton} quasi-Newton steps`;
  yield {
    what: `d = 50, T = 500: B (${how})`,
    ours: solved,
    required: { text: "< 1 s", met: solved.seconds < 1 },
  };
  yield { what: "d = 50, T = 500: B, and the causes of every target", ours: fitted };
}

/** One sweep at every size, and the slope of its cost in log-log, over all sizes and between the last two. */
function* curve(symbol, theory, sizes, optionsOf) {
  const points = [];
  for (const size of sizes) {
    const seconds = secondsPerSweep(momentsFor({ causalPerTask: 2, ...optionsOf(size) }));
    points.push({ size, seconds });
    yield { what: `one sweep, ${symbol} = ${size}`, ours: { seconds } };
  }
  const [all, last] = [slope(points), slope(points.slice(-2))].map((value) => value.toFixed(2));
  yield {
    what: `exponent in ${symbol}, all sizes; last two`,
    ours: { value: `${all}; ${last}` },
    peer: "theory",
    theirs: { value: String(theory) },
  };
}

function momentsFor(options) {
  const { representation, targets } = linearData(options, createRandom(0));
  return momentsOf(representation, targets);
}

/** Median over the first start's sweeps; a tolerance of 0 keeps it from stopping, the unmixing of each is left unused. */
function secondsPerSweep(moments) {
  const times = [];
  let started = performance.now();
  for (const { phase } of fitMtlcmSteps(moments, { maxStarts: 20, tolerance: 0 }, createRandom(1))) {
    const now = performance.now();
    if (phase === "sweep") times.push((now - started) / 1e3);
    started = now;
    if (times.length === 2 * SWEEPS) break;
  }
  return median(times.slice(SWEEPS));
}

/** Least-squares slope of log seconds on log size. */
function slope(points) {
  const x = points.map(({ size }) => Math.log(size));
  const y = points.map(({ seconds }) => Math.log(seconds));
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanX, meanY] = [mean(x), mean(y)];
  const product = x.reduce((sum, value, k) => sum + (value - meanX) * (y[k] - meanY), 0);
  return product / x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
}
