import { applyScaler, fitScaler } from "./standardise.ts";
import type { LongTargets, Targets } from "./targets.ts";

/** Mean and standard deviation (divisor n) of every task's observed targets, in the targets' units. */
export interface TargetScaling {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** The targets with mean 0 and variance 1 within every task, and what was subtracted and divided by. */
export function standardiseTargets(targets: Targets): { targets: Targets; scaling: TargetScaling } {
  const scaling = targets.layout === "wide" ? fitScaler(targets.values) : momentsByTask(targets);
  return { targets: scaleTargets(scaling, targets), scaling };
}

/** (y − mean_t)/scale_t for every target y of task t; missing ones stay missing. */
export function scaleTargets({ mean, scale }: TargetScaling, targets: Targets): Targets {
  if (targets.layout === "wide") {
    return { ...targets, values: applyScaler({ mean, scale, constant: [] }, targets.values) };
  }
  const values = targets.values.map((y, i) => (y - mean[targets.task[i]]) / scale[targets.task[i]]);
  return { ...targets, values };
}

function momentsByTask({ values, task, taskNames }: LongTargets): TargetScaling {
  const count = new Float64Array(taskNames.length);
  const mean = new Float64Array(taskNames.length);
  const scale = new Float64Array(taskNames.length);
  values.forEach((y, i) => {
    count[task[i]]++;
    mean[task[i]] += y;
  });
  for (let t = 0; t < mean.length; t++) mean[t] /= count[t];
  values.forEach((y, i) => {
    scale[task[i]] += (y - mean[task[i]]) ** 2;
  });
  return { mean, scale: scale.map((squares, t) => Math.sqrt(squares / count[t])) };
}
