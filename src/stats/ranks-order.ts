/** From this many numbers on, counting digits beats comparing values: below it, clearing the counts would dominate. */
const RADIX_FROM = 4096;

const DIGIT_BITS = 16;
const DIGITS = 1 << DIGIT_BITS;

/**
 * The order that sorts x ascending: x[order[0]] ≤ x[order[1]] ≤ ….
 *
 * Short vectors are sorted by comparison, long ones by radix (least significant digit first, four digits of 16 bits;
 * Knuth, The Art of Computer Programming 3, §5.2.5): about ten times faster for 10⁵ numbers.
 *
 * @param x n numbers, none of them NaN; infinities allowed. Equal values keep their order, except that −0 may precede 0.
 */
export function ascendingOrder(x: Float64Array): Int32Array {
  const order = new Int32Array(x.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  return x.length < RADIX_FROM ? order.sort((i, j) => compare(x[i], x[j])) : radixSort(x, order);
}

/** Not a difference: ∞ − ∞ is NaN. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function radixSort(x: Float64Array, start: Int32Array): Int32Array {
  let order = start;
  let next: Int32Array = new Int32Array(x.length);
  for (const word of sortableWords(x)) {
    for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
      const position = new Int32Array(DIGITS + 1);
      for (let i = 0; i < word.length; i++) position[((word[i] >>> shift) & (DIGITS - 1)) + 1]++;
      for (let digit = 1; digit < DIGITS; digit++) position[digit] += position[digit - 1];
      for (let i = 0; i < order.length; i++) {
        next[position[(word[order[i]] >>> shift) & (DIGITS - 1)]++] = order[i];
      }
      [order, next] = [next, order];
    }
  }
  return order;
}

/**
 * The low and the high halves of 64-bit integers that sort as the numbers do. The bits of an IEEE double nearly are
 * such an integer: the sign bit of a positive number must be set, and all bits of a negative one flipped.
 */
function sortableWords(x: Float64Array): [low: Uint32Array, high: Uint32Array] {
  const halves = new Uint32Array(x.slice().buffer); // low word first: every platform of today is little-endian
  const low = new Uint32Array(x.length);
  const high = new Uint32Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const isNegative = halves[2 * i + 1] >>> 31 === 1;
    low[i] = isNegative ? ~halves[2 * i] : halves[2 * i];
    high[i] = isNegative ? ~halves[2 * i + 1] : halves[2 * i + 1] ^ 0x80000000;
  }
  return [low, high];
}
