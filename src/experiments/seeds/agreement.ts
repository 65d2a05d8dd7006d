import type { Matrix } from "../../linalg/matrix.ts";
import { type Consistency, consistency } from "../../metrics/consistency.ts";
import type { CellMethod } from "../cells.ts";
import { trainsOnTables } from "./config.ts";
import type { SeedCellResult } from "./run-cell.ts";

/** How well the seeds of one case agree, by one method with one d. */
export interface SeedAgreement {
  readonly name: string;
  readonly latentDim: number;
  /** Its label. */
  readonly method: string;
  /** Number of seeds. */
  readonly runs: number;
  /** All pairs of seeds on the test rows; null when fewer than two are there. */
  readonly agreement: Consistency | null;
  /** Weak MCC of stage 1 with that d, median over pairs: what strong MCC can reach. */
  readonly ceiling: number | null;
  /** Mean over seeds of what the method alone took, by the clock; null where it is a part of the training. */
  readonly seconds: number | null;
}

/** Mean and standard deviation over seeds of each target's error, with the null lines, which hardly depend on the seed. */
export interface SeedErrors {
  readonly name: string;
  readonly target: string;
  readonly unit: string;
  readonly heads: number;
  readonly sd: number;
  readonly mean: number;
  readonly composition: number | null;
}

/** The agreement of all seeds of a case: for every d and method. */
export function agreementOf(
  name: string,
  latentDims: readonly number[],
  methods: readonly CellMethod[],
  results: readonly SeedCellResult[],
): SeedAgreement[] {
  return latentDims.flatMap((latentDim) => {
    const lines = methods.map(({ method, label }) => {
      const own = results.flatMap(({ found }) =>
        found.filter((entry) => entry.latentDim === latentDim && entry.method === label),
      );
      const times = own.flatMap(({ seconds }) => seconds ?? []);
      return {
        // The others only turn what stage 1 found, which leaves canonical correlations as they are.
        turns: method !== "pca" && !trainsOnTables(method),
        method: label,
        runs: own.length,
        agreement: own.length > 1 ? consistency(own.map(({ latents }): Matrix => latents)) : null,
        seconds: times.length > 0 ? average(times) : null,
      };
    });
    const ceiling = lines.find(({ turns }) => turns)?.agreement?.spread.weak.median ?? null;
    return lines.map(({ turns: _, ...line }) => ({ name, latentDim, ceiling, ...line }));
  });
}

/**
 * The errors of every target of a case over its seeds.
 * @param units by target: unit, and by what the numbers in the table are multiplied for it
 */
export function errorsOver(
  name: string,
  targets: readonly string[],
  units: Readonly<Record<string, { readonly unit: string; readonly factor: number }>>,
  results: readonly SeedCellResult[],
): SeedErrors[] {
  if (results.length === 0) return [];
  return targets.map((target, t) => {
    const { unit, factor } = units[target] ?? { unit: "", factor: 1 };
    const over = (pick: (result: SeedCellResult) => Float64Array | null) =>
      results.flatMap((result) => (pick(result) ? [factor * ((pick(result) as Float64Array)[t] as number)] : []));
    const heads = over(({ error }) => error.heads);
    const composition = over(({ error }) => error.composition);
    return {
      name,
      target,
      unit,
      heads: average(heads),
      sd: heads.length > 1 ? spread(heads) : 0,
      mean: average(over(({ error }) => error.mean)),
      composition: composition.length > 0 ? average(composition) : null,
    };
  });
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function spread(values: readonly number[]): number {
  const centre = average(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}
