import { ConfigError } from "../errors.ts";
import { type Matrix, takeRows } from "../linalg/matrix.ts";
import { adapt } from "../model/adapt.ts";
import type { FittedModel } from "../model/fitted-model.ts";
import { abandonRun, createRun, finishRun, readNamedTarget, readNamedTasks } from "../node/index.ts";
import type { AdaptFlags } from "./adapt.ts";
import { loadModel } from "./load-model.ts";
import { openModelRows } from "./model-rows.ts";
import { writeResults } from "./run-results.ts";
import { secondsSince } from "./stopwatch.ts";
import { printResult, targetTable } from "./summary.ts";
import { textTable } from "./text-table.ts";

/** Labelled rows of one new task. */
interface NewTask {
  readonly name: string;
  readonly latents: Matrix;
  readonly target: Float64Array;
}

/** Adds the tasks of labelled rows to a model, and writes the extended run. */
export async function runAdapt(path: string, tables: readonly string[], flags: AdaptFlags): Promise<void> {
  const started = performance.now();
  const before = await loadModel(path);
  const { latents, tasks, labels, fingerprint } = await read(before, path, tables, flags);
  const fitting = performance.now();
  const model = tasks.reduce((extended, { name, latents, target }) => adapt(extended, latents, target, name), before);
  const seconds = secondsSince(fitting);

  const { target, task, name } = flags;
  const run = await createRun(flags.out, { command: "adapt", run: path, tables, target, task, name }, flags);
  try {
    await writeResults(run, model, latents, seconds, labels);
    const metrics = {
      ...{ rows: latents.rows, targets: model.taskNames.length, latentDim: latents.cols },
      adaptations: model.adaptations.slice(before.adaptations.length),
      ...{ adaptedFrom: path, adaptedTo: fingerprint },
      seconds: { adapt: seconds, total: secondsSince(started) },
      ...model.provenance,
    };
    const { path: out } = await finishRun(run, metrics);
    printResult(flags, { run: out, ...metrics }, () => [
      ...targetTable(model, before.taskNames.length),
      "",
      ...borrowedTable(model, before.taskNames.length),
      "",
      `${tasks.length} new of ${model.taskNames.length} tasks; results in ${out}`,
    ]);
  } catch (error) {
    await abandonRun(run);
    throw error;
  }
}

async function read(model: FittedModel, path: string, paths: readonly string[], flags: AdaptFlags) {
  if (flags.task !== undefined && flags.name !== undefined) {
    throw new ConfigError("--name is for a single new task; with --task its column names them");
  }
  const opened = await openModelRows(model, path, paths, flags);
  try {
    const { tables, labels, fingerprint, keep } = opened;
    if (tables === null) throw new ConfigError("there is no table beside the rows that could hold the new target");
    const target = Float64Array.from(keep(Array.from(await readNamedTarget(tables, flags.target))));
    const named = flags.task === undefined ? undefined : await readNamedTasks(tables, flags.task);
    const latents = await opened.latents();
    const single = { name: flags.name ?? flags.target, latents, target };
    const tasks = named && groups({ ...named, task: keep(Array.from(named.task)) }, latents, target);
    return { latents, labels, tasks: tasks ?? [single], fingerprint };
  } finally {
    opened.close();
  }
}

function groups(
  { task, taskNames }: { readonly task: readonly number[]; readonly taskNames: readonly string[] },
  latents: Matrix,
  target: Float64Array,
): NewTask[] {
  return taskNames.flatMap((name, t) => {
    const rows = Array.from(task.keys()).filter((row) => task[row] === t);
    if (rows.length === 0) return [];
    return [
      { name, latents: takeRows(latents, rows), target: Float64Array.from(rows, (row) => target[row] as number) },
    ];
  });
}

/** How many rows each new task has, and what share of its estimates comes from the tasks known before. */
function borrowedTable({ adaptations, taskNames }: FittedModel, known: number): string[] {
  const share = (value: number) => `${(100 * value).toFixed(0)} %`;
  const added = adaptations.slice(adaptations.length - (taskNames.length - known));
  return textTable(
    [
      { text: "target" },
      { text: "rows", align: "right" },
      { text: "ridge", align: "right" },
      { text: "noise borrowed", align: "right" },
      { text: "effects' noise borrowed", align: "right" },
    ],
    added.map(({ task, rows, strength }) => [
      ...[task, String(rows), strength.ridge.toPrecision(2)],
      ...[share(strength.unexplained), share(strength.residual)],
    ]),
  );
}
