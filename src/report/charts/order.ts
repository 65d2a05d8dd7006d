import type { Matrix } from "../../linalg/matrix.ts";

/**
 * The rows of a matrix, those alike beside each other: grouped by the column in which they are strongest, the strongest
 * first, negative after positive.
 */
export function orderByStrongest({ rows, cols, data }: Matrix): number[] {
  const strongest = Array.from({ length: rows }, (_, t) => {
    let column = 0;
    for (let j = 1; j < cols; j++) {
      if (Math.abs(data[t * cols + j] as number) > Math.abs(data[t * cols + column] as number)) column = j;
    }
    return { t, column, value: data[t * cols + column] as number };
  });
  strongest.sort((a, b) => a.column - b.column || b.value - a.value || a.t - b.t);
  return strongest.map(({ t }) => t);
}

/** At most `most` of a list, evenly spread over it. */
export function evenly<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)] as T);
}
