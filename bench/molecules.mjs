import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { createRandom, fitMtrn } from "../dist/index.js";
import { openMolecules, readMoleculeData, trainingTeam } from "../dist/node/index.js";
import { standardiseTargets } from "../dist/stats/target-scaling.js";
import { withDataFolder } from "./data-folder.mjs";
import { interleaved, runPeer } from "./peer.mjs";
import { medianTiming, stopwatch } from "./stopwatch.mjs";
import { fasterSetting } from "./thread-settings.mjs";

const BATCH = 256;
const DESCRIPTION = { cutoff: 0, geometry: "3d" };
const TARGETS = "mu,alpha,homo,lumo,gap,r2,zpve,U0,U,H,G,Cv";

/**
 * An epoch of stage 1 on molecules: the QM9 subset, an EGNN of two layers of 64, 12 features and 12 heads, batch 256, Adam,
 * float32; batches are put together from the arrays of all molecules, as they are for the peer. Both sides on one thread and on two,
 * of which the faster counts.
 */
export const molecules = {
  name: "molecules",
  async *run({ quick }) {
    const data = await qm9(quick ? 2560 : undefined);
    if (data === undefined) {
      yield { what: "one epoch, QM9 subset", ours: { missing: "no data: TASKPRISM_DATA names their folder" } };
      return;
    }
    const { features, targets } = data;
    const arrays = {
      atom_start: features.atomStart,
      edge_start: features.edgeStart,
      source: Int32Array.from(features.source),
      target: Int32Array.from(features.target),
      kind: Int32Array.from(features.edgeKind),
      nodes: table(features.nodes, features.nodeDim),
      positions: table(features.positions, 3),
      y: standardiseTargets(targets).targets.values,
    };
    const answers = await withDataFolder(arrays, (folder) =>
      interleaved(quick ? 1 : 3, () => timeEpoch(data), {
        shared: () => timeEpoch(data, trainingTeam(2)),
        pytorch: () => runPeer("egnn_epoch", "--data", folder),
        pytorch2: () => runPeer("egnn_epoch", "--data", folder, "--threads", 2),
      }),
    );
    const timed = (runs) => ({ ...medianTiming(runs), samples: runs });
    const ours = fasterSetting(timed(answers.ours), timed(answers.shared));
    const what = `one epoch, ${features.rows.toLocaleString("en")} molecules`;
    const peer = "PyTorch, index_add";
    if (answers.pytorch[0].missing !== undefined) {
      yield { what: `${what}, ${ours.threads}`, ours: ours.timing, peer, theirs: answers.pytorch[0] };
      return;
    }
    const theirs = fasterSetting(peerTiming(answers.pytorch), peerTiming(answers.pytorch2));
    const met = ours.timing.seconds <= 5 && theirs.timing.seconds >= 2 * ours.timing.seconds;
    for (const [mine, other, required] of [
      [ours, theirs, { text: "≤ 5 s and 2×", met }],
      [ours.others, theirs.others, undefined],
    ]) {
      yield {
        what: `${what}, ${mine.threads}`,
        ours: mine.timing,
        peer: `${peer}, ${other.threads}`,
        theirs: other.timing,
        ...(required && { required }),
      };
    }
  },
};

/** One epoch after ten updates of warm-up. */
async function timeEpoch(data, team) {
  const options = {
    latentDim: 5,
    featureDim: 12,
    hidden: [64, 64],
    batchSize: BATCH,
    epochs: 2,
    holdOut: 0,
    threads: 1,
    team,
  };
  const steps = fitMtrn(data, options, createRandom(1));
  const updates = Math.ceil(data.features.rows / BATCH);
  for (let k = 0; k < Math.min(10, updates); k++) await steps.next();
  const elapsed = stopwatch();
  for (let k = 0; k < updates; k++) await steps.next();
  const timing = elapsed();
  await steps.return();
  return timing;
}

const peerTiming = (runs) => medianTiming(runs.map((run) => ({ seconds: run.seconds, cpuSeconds: run.cpu_seconds })));

/** The QM9 subset, or its first molecules; undefined where it is not there. */
async function qm9(most) {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const folder = resolve(root, process.env.TASKPRISM_DATA ?? "../shared/data", "qm9");
  const paths = ["gdb9_subset.sdf.gz", "gdb9_subset.sdf.csv.gz"].map((file) => resolve(folder, file));
  if (!paths.every(existsSync)) return undefined;
  const cacheFolder = await mkdtemp(join(tmpdir(), "taskprism-bench-"));
  try {
    const steps = openMolecules({ paths, skipBad: false, cacheFolder, ...DESCRIPTION });
    let opened = await steps.next();
    while (!opened.done) opened = await steps.next();
    const { data } = await readMoleculeData(opened.value, { targets: [TARGETS] }, DESCRIPTION);
    opened.value.close();
    return most === undefined ? data : firstMolecules(data, most);
  } finally {
    await rm(cacheFolder, { recursive: true, force: true });
  }
}

async function firstMolecules(data, count) {
  const { takeMolecules } = await import("../dist/data/molecules/take-molecules.js");
  return takeMolecules(
    data,
    Array.from({ length: count }, (_, row) => row),
  );
}

const table = (values, cols) => ({ rows: values.length / cols, cols, data: values });
