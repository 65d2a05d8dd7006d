import { stat } from "node:fs/promises";
import { ConfigError, DataError } from "../errors.ts";
import { MOMENT_GROUPS } from "../model/unmix.ts";
import {
  type DescribedMoments,
  isTableFile,
  rowsOfMoments,
  type StackStep,
  stackedMomentsSteps,
  writeDescribedMoments,
} from "../node/index.ts";
import { mergeMoments } from "../stats/moments.ts";
import { checkTasks } from "../stats/moments-rows.ts";
import { ExitCode } from "./exit.ts";
import { onInterrupt } from "./interrupt.ts";
import type { MomentsFlags } from "./moments.ts";
import { createProgress, duration, type Progress } from "./progress.ts";
import { scanShare } from "./scan-share.ts";
import { secondsSince } from "./stopwatch.ts";
import { printResult } from "./summary.ts";

/** Writes the moments of all rows of `files` to `flags.out`. */
export async function runMoments(files: readonly string[], flags: MomentsFlags): Promise<void> {
  const started = performance.now();
  await checkOut(flags);
  const { features, targets, drop, task, target, seed, memory, threads } = flags;
  const columns = Object.fromEntries(
    Object.entries({ features, targets, drop, task, target }).filter(([, value]) => value !== undefined),
  );
  if (!files.some(isTableFile) && Object.keys(columns).length > 0) {
    throw new ConfigError("the columns are those of the saved moments: leave out --features, --targets and the like");
  }
  const groups = { long: flags.groups ?? MOMENT_GROUPS.long, wide: flags.groups ?? MOMENT_GROUPS.wide };
  const progress = createProgress(flags.quiet);
  const moments = await drive(stackedMomentsSteps(files, { columns, seed, groups, memory, threads }), progress);
  if (moments === "interrupted") return;

  await writeDescribedMoments(flags.out, moments);
  const notice = unusableTask(moments);
  if (notice !== undefined) progress.note(`note: ${notice}; unmix will refuse it, unless more rows are added`);
  const { layout, columnNames, sources } = moments;
  const result = {
    out: flags.out,
    ...{ rows: rowsOfMoments(moments.groups), layout, columns: columnNames },
    ...{ tasks: moments.groups[0]?.taskNames.length, groups: moments.groups.length, sources },
    seconds: secondsSince(started),
  };
  printResult(flags, result, () => [
    `moments of ${result.rows} rows, ${columnNames.length} columns and ${result.tasks} targets (${layout}) in ${flags.out}, ` +
      duration(result.seconds),
  ]);
}

async function drive(
  steps: AsyncGenerator<StackStep, DescribedMoments>,
  progress: Progress,
): Promise<DescribedMoments | "interrupted"> {
  const interrupt = onInterrupt();
  try {
    for (;;) {
      const { value: step, done } = await steps.next();
      if (interrupt.requested) {
        process.stderr.write("stopped; nothing was written\n");
        process.exitCode = ExitCode.interrupted;
        return "interrupted";
      }
      if (done) return step;
      if (step.kind === "notice") {
        progress.note(`note: ${step.text}`);
        continue;
      }
      const { file, part, parts } = step;
      const [share, place] =
        step.kind === "part" ? [1, "read"] : [scanShare(step), `scan ${step.scan + 1} of ${step.scans}`];
      progress.update({ phase: "moments", done: part + share, total: parts, detail: `${file} | ${place}` });
    }
  } finally {
    interrupt.dispose();
    await steps.return(undefined as never);
    progress.stop();
  }
}

async function checkOut({ out, force }: MomentsFlags): Promise<void> {
  if (isTableFile(out)) {
    throw new ConfigError(`${out}: this name is that of a table; call the moments something like all.moments`);
  }
  const there = await stat(out).catch(() => undefined);
  if (there?.isFile() && !force) throw new ConfigError(`${out}: there is such a file: choose another one, or --force`);
}

/** Which task has too few rows yet, or a constant target; undefined when none has. */
function unusableTask({ groups }: DescribedMoments): string | undefined {
  try {
    checkTasks(mergeMoments(groups));
    return undefined;
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
}
