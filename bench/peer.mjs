import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** One thread for every library that a peer may use: some read only one of these. */
const ONE_THREAD = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", MKL_NUM_THREADS: "1" };

/**
 * What the program of bench/peers prints: its one line of JSON, or `{ missing }` with the reason when Python or one of
 * its packages is not there. Python is `python3`, or what the environment variable PYTHON names.
 */
export async function runPeer(name, ...options) {
  const script = fileURLToPath(new URL(`peers/${name}.py`, import.meta.url));
  try {
    const { stdout } = await run(process.env.PYTHON ?? "python3", [script, ...options.map(String)], {
      env: { ...process.env, ...ONE_THREAD },
    });
    return JSON.parse(stdout);
  } catch (error) {
    const reason = /No module named '?([\w.]+)/.exec(error.stderr ?? "")?.[1] ?? (error.code === "ENOENT" && "Python");
    if (reason) return { missing: `no ${reason}` };
    throw error;
  }
}

/**
 * Our measurement and those of the peers in turn, `repetitions` times, so that a change of the machine's load meets all.
 * A peer that is missing is asked once.
 *
 * @param ours Measures once.
 * @param peers By name, functions that measure once; they may answer `{ missing }`.
 * @returns All answers by name, ours under "ours".
 */
export async function interleaved(repetitions, ours, peers) {
  const answers = { ours: [], ...Object.fromEntries(Object.keys(peers).map((name) => [name, []])) };
  for (let k = 0; k < repetitions; k++) {
    answers.ours.push(await ours(k));
    for (const [name, peer] of Object.entries(peers)) {
      if (answers[name][0]?.missing === undefined) answers[name].push(await peer(k));
    }
  }
  return answers;
}
