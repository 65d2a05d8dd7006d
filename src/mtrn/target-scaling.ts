import { applyScaler, fitScaler } from "../stats/standardise.ts";
import type { LongTargets, Targets } from "../stats/targets.ts";

/** Mean and standard deviation (divisor n) of every task's observed targets, in the targets' units. */
export interface TargetScaling {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** The targets with mean 0 and variance 1 within every task, and what was subtracted and divided by. */
export function standardiseTargets(targets: Targets): { targets: Targets; scaling: TargetScaling } {
  if (targets.layout === "wide") {
    const scaling = fitScaler(targets.values);
    return { targets: { ...targets, values: applyScaler(scaling, targets.values) }, scaling };
  }
  const scaling = momentsByTask(targets);
  const { mean, scale } = scaling;
  const values = targets.values.map((y, i) => (y - mean[targets.task[i]]) / scale[targets.task[i]]);
  return { targets: { ...targets, values }, scaling };
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
