/**
 * The group, 0 … `groups` − 1, that a row is dealt to by its number alone: the same on every machine, and as good as
 * random. A hash of 32 bits (C. Wellons 2018, "lowbias32") of the row number, changed by the seed, modulo `groups`.
 *
 * @param row Number of the row, from 0.
 */
export function rowGroup(row: number, groups: number, seed: number): number {
  let x = (row ^ spread(seed)) >>> 0;
  x = Math.imul(x ^ (x >>> 16), factors[0]) >>> 0;
  x = Math.imul(x ^ (x >>> 15), factors[1]) >>> 0;
  return ((x ^ (x >>> 16)) >>> 0) % groups;
}

/** `rowGroup` of the row `rowsBefore` + `rowid` as an expression of SQL over the field `rowid`. */
export function rowGroupSql(groups: number, seed: number, rowsBefore = 0): string {
  const low = (x: string) => `(${x} & ${unsigned(0xffffffff)})`;
  const mix = (x: string, shift: number, factor: number) => low(`xor(${x}, ${x} >> ${shift}) * ${unsigned(factor)}`);
  const row = rowsBefore === 0 ? "rowid::UBIGINT" : `(rowid::UBIGINT + ${unsigned(rowsBefore)})`;
  const seeded = `xor(${low(row)}, ${unsigned(spread(seed))})`;
  const mixed = mix(mix(seeded, 16, factors[0]), 15, factors[1]);
  return `xor(${mixed}, ${mixed} >> 16) % ${unsigned(groups)}`;
}

/** The factors of the two rounds of the hash. */
const factors = [0x7feb352d, 0x846ca68b] as const;

/** A number of 32 bits in which neighbouring seeds are far apart: multiples of 2^32 over the golden ratio. */
function spread(seed: number): number {
  return Math.imul(seed + 1, 0x9e3779b1) >>> 0;
}

function unsigned(value: number): string {
  return `${value}::UBIGINT`;
}
