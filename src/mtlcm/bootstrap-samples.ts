import type { Matrix } from "../linalg/matrix.ts";
import { dirichletWeights } from "../stats/dirichlet-weights.ts";
import { type Moments, mergeMoments, momentsOf } from "../stats/moments.ts";
import type { Random } from "../stats/random.ts";
import { rowCount, type Targets } from "../stats/targets.ts";

/** The concentration of weights where too few members leave nothing for the rule. */
const LEAST = 0.25;

/**
 * The moments of rows drawn again, by weights: within every task for long data, over all rows for wide.
 *
 * α = (n − 3) / n. Then an empirical residual correlation of two latents varies by 1 / (n α + 1) = 1 / (n − 2) from
 * replicate to replicate, which is what it varies by from sample to sample; with α = 1 replicates of tasks of 15 rows vary
 * a fifth too little. Weights, not draws with replacement, because a task of 15 rows drawn so has 9 or 10 different ones
 * left, often too few for its residual covariance to be invertible.
 */
export function rowSample(z: Matrix, targets: Targets, random: Random): Moments {
  if (targets.layout === "wide") {
    return momentsOf(z, targets, undefined, rescaled(rowCount(targets), 3, random));
  }
  const rows: number[][] = targets.taskNames.map(() => []);
  targets.task.forEach((t, i) => void rows[t].push(i));
  const weights = new Float64Array(z.rows);
  for (const members of rows) {
    const own = rescaled(members.length, 3, random);
    members.forEach((i, k) => {
      weights[i] = own[k];
    });
  }
  return momentsOf(z, targets, undefined, weights);
}

/**
 * The moments of groups of rows drawn again, by weights: independently in every task where each row has one task, else
 * whole groups.
 *
 * A group acts as one observation, α = (G − 2) / G. The spread found has then Σ_t (G − 1) degrees of freedom in long data
 * and G − 1 in wide: for 5 % accuracy of a standard deviation 200 are needed, so 4 groups do in long data of 67 tasks or more, and
 * 32 groups in wide data give 13 %.
 */
export function groupSample(groups: readonly Moments[], random: Random): Moments {
  const [{ taskNames, count, pooled }] = groups as [Moments];
  const exclusive = count.reduce((sum, n) => sum + n, 0) < pooled.count + 0.5;
  const draws = taskNames.map((_, t) =>
    exclusive || t === 0 ? rescaled(groups.length, 2, random) : new Float64Array(0),
  );
  return mergeMoments(
    groups.map((group, g) => {
      const own = group.count.map((n, t) => n * draws[exclusive ? t : 0][g]);
      const total = own.reduce((sum, n) => sum + n, 0) / group.count.reduce((sum, n) => sum + n, 0);
      return { ...group, count: own, pooled: { ...group.pooled, count: group.pooled.count * total } };
    }),
  );
}

/** Weights of tasks drawn again, T, α = (T − 3) / T; times the weights that the tasks have already. */
export function taskSample(tasks: number, given: ArrayLike<number> | undefined, random: Random): Float64Array {
  return rescaled(tasks, 3, random).map((weight, t) => weight * (given?.[t] ?? 1));
}

function rescaled(m: number, lost: number, random: Random): Float64Array {
  return dirichletWeights(m, Math.max(LEAST, (m - lost) / m), random);
}
