import { createRandom, fitMtrn, nonlinearData } from "../dist/index.js";

const MEBI = 2 ** 20;

/**
 * Memory while a small network makes 10⁶ updates (10⁵ with --quick): the heap after a garbage collection and what lies outside
 * of it, early and late. Wants `node --expose-gc`, which `npm run bench` gives.
 */
export const memory = {
  name: "memory",
  large: true,
  async *run({ quick }) {
    const updates = quick ? 1e5 : 1e6;
    const { data } = nonlinearData(
      { tasks: 20, rowsPerTask: 100, inputDim: 10, latentDim: 4, causalPerTask: 2 },
      createRandom(0),
    );
    const options = { latentDim: 4, preset: "paper", hidden: [16], batchSize: 64, epochs: Math.ceil(updates / 31) };
    const steps = fitMtrn(data, options, createRandom(1));
    const early = [];
    const late = [];
    for (let k = 1; k <= updates; k++) {
      await steps.next();
      if (k % (updates / 20) !== 0) continue;
      if (k > updates / 10) (k <= updates / 2 ? early : late).push(held());
    }
    await steps.return();
    for (const [what, part] of [
      ["heap", "heap"],
      ["buffers outside of it", "buffers"],
    ]) {
      const [before, after] = [early, late].map((samples) => Math.max(...samples.map((sample) => sample[part])));
      yield {
        what: `${what}, most in the second half of ${updates.toExponential()} updates`,
        ours: { value: `${(after / MEBI).toFixed(1)} MiB` },
        peer: "most in the first half",
        theirs: { value: `${(before / MEBI).toFixed(1)} MiB` },
        required: { text: "no growth above 1 MiB", met: after - before < MEBI },
      };
    }
  },
};

function held() {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return { heap: heapUsed, buffers: arrayBuffers };
}
