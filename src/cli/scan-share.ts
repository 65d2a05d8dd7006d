import type { ScanStep } from "../node/index.ts";

/** Share of the time that the first scan takes, which only counts and checks; about a fifth, measured. */
const FIRST = 0.2;

/** How much of several scans of a table is done, from 0 to 1. */
export function scanShare({ scan, scans, read, rows }: ScanStep): number {
  const within = read / rows;
  return scan === 0 ? FIRST * within : FIRST + ((1 - FIRST) * (scan - 1 + within)) / (scans - 1);
}
