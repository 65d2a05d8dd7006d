import { type Matrix, matrix } from "../../linalg/matrix.ts";
import { symmetricEigen } from "../../linalg/symmetric-eigen.ts";
import type { Targets } from "../../stats/targets.ts";
import { type MoleculeGraphs, NODE_FEATURES } from "./molecule-graphs.ts";

/** Which targets are taken relative to what their atoms add up to: those of which these are a large part, all, or none. */
export type AtomReferenceChoice = "auto" | "all" | "none";

/**
 * What an atom of each element adds to each target, and a constant: total energies of molecules are these sums to a few
 * parts in a million, and what is worth learning is the rest.
 */
export interface AtomReferences {
  /** Atomic numbers E of the molecules that these were fitted to, ascending. */
  readonly elements: readonly number[];
  /** T × (1 + E) in the units of the targets, the constant first; a row of zeros for a target that is taken as it is. */
  readonly coefficients: Matrix;
}

/**
 * "auto": the share of a target's variance that composition explains, from which on it is taken out. Composition is what a
 * network learns last to the precision that these targets need: sums over atoms that must add up (docs/molecules.md).
 */
const LARGE_PART = 0.25;
/** A rest so small is rounding: the target is nothing but composition, and stays as it is. */
const ROUNDING = 1e-10;
/** Share of the largest variance below which a combination of counts does not vary: it gets no coefficient. */
const CONSTANT = 1e-10;

/**
 * Least squares of each target on the counts of each element, y ≈ b + Σ_e n_e c_e, the solution of least norm where counts
 * depend on one another.
 *
 * @returns null when no target is chosen: for "none", and for "auto" when composition explains less than a quarter of each.
 */
export function fitAtomReferences(
  graphs: MoleculeGraphs,
  targets: Targets,
  choice: AtomReferenceChoice,
): AtomReferences | null {
  if (choice === "none") return null;
  const elements = elementsOf(graphs);
  const counts = elementCounts(graphs, elements);
  const tasks = targets.taskNames.length;
  const coefficients = matrix(tasks, 1 + elements.length);
  let any = false;
  for (let t = 0; t < tasks; t++) {
    const { solution, explained } = leastSquares(counts, observedOf(targets, t));
    const chosen = explained <= 1 - ROUNDING && (choice === "all" || explained >= LARGE_PART);
    if (!chosen) continue;
    coefficients.data.set(solution, t * coefficients.cols);
    any = true;
  }
  return any ? { elements, coefficients } : null;
}

/** Whether target number `task` is taken relative to its atoms. Tasks that were added to a model later are not. */
export function hasReference({ coefficients: { rows, cols, data } }: AtomReferences, task: number): boolean {
  return task < rows && data.subarray(task * cols, (task + 1) * cols).some((value) => value !== 0);
}

/**
 * What the atoms of every molecule add up to for one target: 0 for a target that is taken as it is, NaN for a molecule with
 * an element that no molecule of the fit had.
 */
export function referenceOf(references: AtomReferences, graphs: MoleculeGraphs, task: number): Float64Array {
  const sums = new Float64Array(graphs.rows);
  if (!hasReference(references, task)) return sums;
  const { elements, coefficients } = references;
  const own = coefficients.data.subarray(task * coefficients.cols, (task + 1) * coefficients.cols);
  const share = new Float64Array(256).fill(Number.NaN);
  elements.forEach((element, e) => {
    share[element] = own[e + 1];
  });
  const { atomStart, nodes, nodeDim } = graphs;
  for (let i = 0; i < graphs.rows; i++) {
    sums[i] = own[0];
    for (let atom = atomStart[i]; atom < atomStart[i + 1]; atom++) sums[i] += share[nodes[atom * nodeDim + Z]];
  }
  return sums;
}

/** The targets less what the atoms of each molecule add up to. */
export function withoutReferences(targets: Targets, references: AtomReferences, graphs: MoleculeGraphs): Targets {
  const sums = targets.taskNames.map((_, t) => referenceOf(references, graphs, t));
  if (targets.layout === "long") {
    return { ...targets, values: targets.values.map((y, i) => y - sums[targets.task[i]][i]) };
  }
  const { rows, cols, data } = targets.values;
  return {
    ...targets,
    values: matrix(
      rows,
      cols,
      data.map((y, at) => y - sums[at % cols][Math.floor(at / cols)]),
    ),
  };
}

const Z = NODE_FEATURES.indexOf("Z");

/** Atomic numbers that occur, ascending. */
function elementsOf({ nodes, nodeDim }: MoleculeGraphs): number[] {
  const found = new Set<number>();
  for (let at = Z; at < nodes.length; at += nodeDim) found.add(nodes[at]);
  return [...found].sort((a, b) => a - b);
}

/** Molecules × elements. */
export function elementCounts(
  { rows, atomStart, nodes, nodeDim }: MoleculeGraphs,
  elements: readonly number[],
): Matrix {
  const counts = matrix(rows, elements.length);
  const column = new Int32Array(256).fill(-1);
  elements.forEach((element, e) => {
    column[element] = e;
  });
  for (let i = 0; i < rows; i++) {
    for (let atom = atomStart[i]; atom < atomStart[i + 1]; atom++) {
      const e = column[nodes[atom * nodeDim + Z]];
      if (e >= 0) counts.data[i * counts.cols + e]++;
    }
  }
  return counts;
}

/** The rows on which a task is observed, and its targets there. */
function observedOf(targets: Targets, t: number): { row: Int32Array; y: Float64Array } {
  const { values, task, cols } =
    targets.layout === "long"
      ? { values: targets.values, task: (i: number) => targets.task[i], cols: 1 }
      : { values: targets.values.data, task: (at: number) => at % targets.values.cols, cols: targets.values.cols };
  const at = [...values.keys()].filter((k) => task(k) === t && !Number.isNaN(values[k]));
  return {
    row: Int32Array.from(at, (k) => Math.floor(k / cols)),
    y: Float64Array.from(at, (k) => values[k]),
  };
}

/** The coefficients, the constant first, and the share of the variance of y that they explain. */
function leastSquares({ cols, data }: Matrix, { row, y }: { row: Int32Array; y: Float64Array }) {
  const n = y.length;
  const centre = new Float64Array(cols);
  for (const i of row) for (let e = 0; e < cols; e++) centre[e] += data[i * cols + e] / n;
  const level = y.reduce((sum, value) => sum + value / n, 0);
  const covariance = matrix(cols, cols);
  const cross = new Float64Array(cols);
  let variance = 0;
  row.forEach((i, k) => {
    const residual = y[k] - level;
    variance += residual * residual;
    for (let e = 0; e < cols; e++) {
      const own = data[i * cols + e] - centre[e];
      cross[e] += own * residual;
      for (let f = 0; f < cols; f++) covariance.data[e * cols + f] += own * (data[i * cols + f] - centre[f]);
    }
  });
  const { values, vectors } = symmetricEigen(covariance);
  const floor = CONSTANT * Math.max(...values);
  const slopes = new Float64Array(cols);
  values.forEach((value, k) => {
    if (!(value > floor)) return;
    let along = 0;
    for (let e = 0; e < cols; e++) along += vectors.data[e * cols + k] * cross[e];
    for (let e = 0; e < cols; e++) slopes[e] += (vectors.data[e * cols + k] * along) / value;
  });
  const rest = row.reduce((sum, i, k) => {
    let residual = y[k] - level;
    for (let e = 0; e < cols; e++) residual -= slopes[e] * (data[i * cols + e] - centre[e]);
    return sum + residual * residual;
  }, 0);
  const constant = level - slopes.reduce((sum, slope, e) => sum + slope * centre[e], 0);
  return { solution: Float64Array.of(constant, ...slopes), explained: variance > 0 ? 1 - rest / variance : 1 };
}
