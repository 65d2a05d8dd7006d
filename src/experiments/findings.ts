import type { Cell } from "./cells.ts";
import type { CellResult } from "./run-cell.ts";
import type { TableRow } from "./table.ts";

/**
 * A predicted MCC that exceeds the realised one by more than this is false assurance, where the model is said to hold, and where noise that
 * does not show could not make up for it even if it were as large as the certificate says that it may be.
 */
const ASSURANCE_MARGIN = 0.02;
/** How far below the oracle a method may stay in the median over seeds. */
const ORACLE_MARGIN = 3e-4;
/** Below this pooled Spearman MCC latents do not count as recovered. */
const RECOVERED = 0.995;

/** A cell whose certificate promised what was not there: the worst failure. */
export interface FalseAssurance {
  readonly cell: Cell;
  /** The least that the certificate vouches for. */
  readonly predicted: number;
  readonly realised: number;
}

/** How far the certificates of an experiment could be trusted. Realised is the pooled Pearson MCC. */
export interface Assurance {
  /** Cells with a certificate. */
  readonly certified: number;
  /** Of these, cells whose latents did not come back (realised below .98). */
  readonly unrecovered: number;
  /** Of the unrecovered, cells whose certificate promised nothing: the model does not hold or is not tested, or no MCC is predicted. */
  readonly warned: number;
  /** Of the unrecovered, cells of which the certificate says that noise that does not show may cost as much as was lost. */
  readonly bounded: number;
  /** Recovered cells of which the certificate promised nothing, though it could have. */
  readonly overcautious: number;
  readonly falseAssurance: readonly FalseAssurance[];
}

/** Compares what certificates said with what was found. */
export function assuranceOf(cells: readonly Cell[], results: ReadonlyMap<string, CellResult>): Assurance {
  const certified = cells.flatMap((cell) => {
    const scores = results.get(cell.id)?.scores;
    if (scores == null || scores.fitRatio === null) return [];
    const { modelHolds, predictedMcc, predictedMccFloor = predictedMcc, pooledPearson: realised } = scores;
    return [
      { cell, realised, predicted: modelHolds ? predictedMcc : null, floor: modelHolds ? predictedMccFloor : null },
    ];
  });
  const unrecovered = certified.filter(({ realised }) => realised < 1 - ASSURANCE_MARGIN);
  const silent = ({ predicted }: { predicted: number | null }) => predicted === null;
  return {
    certified: certified.length,
    unrecovered: unrecovered.length,
    warned: unrecovered.filter(silent).length,
    bounded: unrecovered.filter(
      ({ predicted, floor, realised }) => exceeds(predicted, realised) && !exceeds(floor, realised),
    ).length,
    overcautious: certified.filter(silent).length - unrecovered.filter(silent).length,
    falseAssurance: certified.flatMap(({ cell, realised, floor }) =>
      floor !== null && exceeds(floor, realised) ? [{ cell, predicted: floor, realised }] : [],
    ),
  };
}

const exceeds = (promised: number | null, realised: number) =>
  promised !== null && promised > realised + ASSURANCE_MARGIN;

/** What the table shows, in sentences; none about what was not run. */
export function findings(
  rows: readonly TableRow[],
  cells: readonly Cell[],
  results: ReadonlyMap<string, CellResult>,
): string[] {
  return [...oracleFindings(rows), ...assuranceFindings(assuranceOf(cells, results)), ...failures(rows)];
}

function oracleFindings(rows: readonly TableRow[]): string[] {
  const labels = [...new Set(rows.map(labelOf))];
  return labels.flatMap((label) => {
    const own = rows.filter((row) => labelOf(row) === label && row.toOracle !== null && hasCertificate(row));
    if (own.length === 0) return [];
    const gaps = own.map(({ toOracle }) => toOracle ?? 0);
    const within = gaps.filter((gap) => gap <= ORACLE_MARGIN).length;
    const below = own.filter(({ lowest }) => lowest !== null && lowest < RECOVERED);
    const excused = below.filter(({ oracleLowest }) => oracleLowest !== null && oracleLowest < RECOVERED);
    return [
      `${label}: pooled Spearman MCC within ${ORACLE_MARGIN} of the oracle (median over seeds) in ${within} of ${own.length} ` +
        `settings, at worst ${Math.max(...gaps).toExponential(1)} below it.`,
      `${label}: no seed below ${RECOVERED} in ${own.length - below.length} of ${own.length} settings` +
        (below.length > 0
          ? `; in ${excused.length} of the other ${below.length} a seed of the oracle itself is below it (†).`
          : "."),
    ];
  });
}

function assuranceFindings({
  certified,
  unrecovered,
  warned,
  bounded,
  overcautious,
  falseAssurance,
}: Assurance): string[] {
  if (certified === 0) return [];
  return [
    `Certificates: ${certified} cells, of which ${unrecovered} were not recovered (pooled Pearson MCC below .98); of ` +
      `these ${warned} were not promised anything, and of ${bounded} it is said that noise that does not show may cost as much. Of the recovered ones ${overcautious} were not promised anything either.`,
    `False assurance (the model is said to hold, and the predicted MCC, less what noise that does not show may cost, exceeds the realised one by more than ` +
      `${ASSURANCE_MARGIN}): ${falseAssurance.length} cells.`,
    ...falseAssurance.map(
      ({ cell, predicted, realised }) =>
        `False assurance: ${describe(cell)}: predicted ${predicted.toFixed(4)}, realised ${realised.toFixed(4)}.`,
    ),
  ];
}

function failures(rows: readonly TableRow[]): string[] {
  return rows.flatMap(({ cells, results }) =>
    results.flatMap((result, i) =>
      result?.error != null ? [`Failed: ${describe(cells[i] as Cell)}: ${result.error}`] : [],
    ),
  );
}

/** A cell in words. */
export function describe({ name, options, seed, method }: Cell): string {
  const settings = Object.entries(options).map(
    ([key, value]) => `${key} ${Array.isArray(value) ? value.join("–") : value}`,
  );
  return [...(name === "" ? [] : [name]), ...settings, method.label, `seed ${seed}`].join(", ");
}

const labelOf = ({ cells }: TableRow) => cells[0]?.method.label ?? "";
const hasCertificate = ({ scores }: TableRow) => scores.some(({ fitRatio }) => fitRatio !== null);
