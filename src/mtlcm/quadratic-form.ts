/** b' S b for a row-major symmetric d × d matrix S, of which the lower half is read, and a vector b of d numbers. */
export function quadraticForm(S: Float64Array, b: Float64Array): number {
  const d = b.length;
  let sum = 0;
  for (let i = 0; i < d; i++) {
    let inner = 0;
    for (let j = 0; j < i; j++) inner += S[i * d + j] * b[j];
    sum += b[i] * (2 * inner + S[i * d + i] * b[i]);
  }
  return sum;
}
