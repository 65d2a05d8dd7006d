import { ConfigError, ShapeError } from "../errors.ts";
import { scaleTargets, standardiseTargets, type TargetScaling } from "../stats/target-scaling.ts";
import type { Targets } from "../stats/targets.ts";

/** Which variables a method is told beside x: the task and its target, or the task alone. */
export type AuxiliaryKind = "task-and-target" | "task";

/** How u is made of targets: fitted once, applicable to more rows of the same tasks. */
export interface AuxiliaryScheme {
  readonly layout: "long" | "wide";
  readonly kind: AuxiliaryKind;
  readonly taskCount: number;
  /** Null where targets are not read. */
  readonly scaling: TargetScaling | null;
  /** Wide data: tasks with missing targets, each of which has a column more that says where. */
  readonly incomplete: readonly number[];
}

/** u of a set of rows: numbers (rows × width, row-major) and, for long data, the task of every row. */
export interface Auxiliary {
  readonly width: number;
  readonly numbers: Float32Array | Float64Array;
  readonly task: Int32Array | null;
}

/**
 * How u is made. Long data: one-hot task and, for "task-and-target", y. Wide data: all targets. Targets are standardised per
 * task; a missing one is 0, its task's mean, and a column of its own says that it was missing.
 * @throws ConfigError for "task" alone with wide data, where every row has every task
 */
export function fitAuxiliary(targets: Targets, kind: AuxiliaryKind): AuxiliaryScheme {
  const taskCount = targets.taskNames.length;
  if (kind === "task") {
    if (targets.layout === "wide") throw new ConfigError("in wide data every row has every task; use the targets");
    return { layout: "long", kind, taskCount, scaling: null, incomplete: [] };
  }
  const { mean, scale } = standardiseTargets(targets).scaling;
  const missing = new Set<number>();
  if (targets.layout === "wide") {
    targets.values.data.forEach((y, at) => {
      if (Number.isNaN(y)) missing.add(at % taskCount);
    });
  }
  const incomplete = [...missing].sort((a, b) => a - b);
  return { layout: targets.layout, kind, taskCount, scaling: { mean, scale }, incomplete };
}

/** Numbers and one-hot length of u under a scheme. */
export function auxiliarySize({ layout, kind, taskCount, incomplete }: AuxiliaryScheme) {
  if (layout === "wide") return { numbers: taskCount + incomplete.length, tasks: 0 };
  return { numbers: kind === "task" ? 0 : 1, tasks: taskCount };
}

/** u of rows with these targets. Throws ShapeError when they are not of the scheme's tasks and layout. */
export function auxiliaryOf(scheme: AuxiliaryScheme, targets: Targets): Auxiliary {
  const { layout, taskCount, scaling, incomplete } = scheme;
  if (targets.layout !== layout || targets.taskNames.length !== taskCount) {
    throw new ShapeError(
      `the method was fitted to ${layout} targets of ${taskCount} tasks, got ${targets.layout} ones of ${targets.taskNames.length}`,
    );
  }
  const { numbers: width } = auxiliarySize(scheme);
  const scaled = scaling === null ? targets : scaleTargets(scaling, targets);
  if (scaled.layout === "long") {
    const numbers = scaling === null ? new Float32Array() : Float32Array.from(scaled.values);
    return { width, numbers, task: scaled.task };
  }
  const { rows, data } = scaled.values;
  const numbers = new Float32Array(rows * width);
  for (let i = 0; i < rows; i++) {
    for (let t = 0; t < taskCount; t++) {
      const y = data[i * taskCount + t];
      numbers[i * width + t] = Number.isNaN(y) ? 0 : y;
    }
    incomplete.forEach((t, k) => {
      numbers[i * width + taskCount + k] = Number.isNaN(data[i * taskCount + t]) ? 1 : 0;
    });
  }
  return { width, numbers, task: null };
}
