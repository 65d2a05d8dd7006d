// AssemblyScript: `npm run wasm` compiles it into src/linalg/product-code.ts.

/**
 * C += A B for matrices of float64, row-major and one after the other in memory: a is m × k, b is k × n, c is m × n.
 *
 * Every element is c + a_i0 b_0j + a_i1 b_1j + … added up in this order, whatever tile it falls into. Tiles of four rows and four columns
 * stay in registers for all of k.
 *
 * @param symmetric Not 0: only tiles that touch the lower half are computed.
 */
export function addProduct(a: usize, b: usize, c: usize, m: i32, k: i32, n: i32, symmetric: i32): void {
  const rows: usize = m;
  const inner: usize = (<usize>k) << 3;
  const width: usize = (<usize>n) << 3;
  const fours: usize = width & ~31;
  for (let j: usize = 0; j < width; j += j < fours ? 32 : 8) {
    let i: usize = symmetric ? (j >> 3) & ~3 : 0;
    if (j < fours) {
      for (; i + 3 < rows; i += 4) addTile(a + i * inner, b + j, c + i * width + j, inner, width);
      for (; i < rows; i++) addRow(a + i * inner, b + j, c + i * width + j, inner, width);
    } else {
      for (; i + 3 < rows; i += 4) addColumn(a + i * inner, b + j, c + i * width + j, inner, width);
      for (; i < rows; i++) addElement(a + i * inner, b + j, c + i * width + j, inner, width);
    }
  }
}

/** Four rows, four columns. */
// @ts-expect-error: decorator
@inline
function addTile(a: usize, b: usize, c: usize, inner: usize, width: usize): void {
  const a1 = a + inner;
  const a2 = a1 + inner;
  const a3 = a2 + inner;
  const c1 = c + width;
  const c2 = c1 + width;
  const c3 = c2 + width;
  let s00 = v128.load(c);
  let s01 = v128.load(c, 16);
  let s10 = v128.load(c1);
  let s11 = v128.load(c1, 16);
  let s20 = v128.load(c2);
  let s21 = v128.load(c2, 16);
  let s30 = v128.load(c3);
  let s31 = v128.load(c3, 16);
  for (let p: usize = 0; p < inner; p += 8, b += width) {
    const y0 = v128.load(b);
    const y1 = v128.load(b, 16);
    const f0 = v128.load64_splat(a + p);
    const f1 = v128.load64_splat(a1 + p);
    const f2 = v128.load64_splat(a2 + p);
    const f3 = v128.load64_splat(a3 + p);
    s00 = f64x2.add(s00, f64x2.mul(f0, y0));
    s01 = f64x2.add(s01, f64x2.mul(f0, y1));
    s10 = f64x2.add(s10, f64x2.mul(f1, y0));
    s11 = f64x2.add(s11, f64x2.mul(f1, y1));
    s20 = f64x2.add(s20, f64x2.mul(f2, y0));
    s21 = f64x2.add(s21, f64x2.mul(f2, y1));
    s30 = f64x2.add(s30, f64x2.mul(f3, y0));
    s31 = f64x2.add(s31, f64x2.mul(f3, y1));
  }
  v128.store(c, s00);
  v128.store(c, s01, 16);
  v128.store(c1, s10);
  v128.store(c1, s11, 16);
  v128.store(c2, s20);
  v128.store(c2, s21, 16);
  v128.store(c3, s30);
  v128.store(c3, s31, 16);
}

/** One row, four columns. */
function addRow(a: usize, b: usize, c: usize, inner: usize, width: usize): void {
  let s0 = v128.load(c);
  let s1 = v128.load(c, 16);
  for (let p: usize = 0; p < inner; p += 8, b += width) {
    const f = v128.load64_splat(a + p);
    s0 = f64x2.add(s0, f64x2.mul(f, v128.load(b)));
    s1 = f64x2.add(s1, f64x2.mul(f, v128.load(b, 16)));
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
}

/** Four rows, one column. */
function addColumn(a: usize, b: usize, c: usize, inner: usize, width: usize): void {
  const a1 = a + inner;
  const a2 = a1 + inner;
  const a3 = a2 + inner;
  let s0 = load<f64>(c);
  let s1 = load<f64>(c + width);
  let s2 = load<f64>(c + 2 * width);
  let s3 = load<f64>(c + 3 * width);
  for (let p: usize = 0; p < inner; p += 8, b += width) {
    const y = load<f64>(b);
    s0 += load<f64>(a + p) * y;
    s1 += load<f64>(a1 + p) * y;
    s2 += load<f64>(a2 + p) * y;
    s3 += load<f64>(a3 + p) * y;
  }
  store<f64>(c, s0);
  store<f64>(c + width, s1);
  store<f64>(c + 2 * width, s2);
  store<f64>(c + 3 * width, s3);
}

function addElement(a: usize, b: usize, c: usize, inner: usize, width: usize): void {
  let sum = load<f64>(c);
  for (let p: usize = 0; p < inner; p += 8, b += width) sum += load<f64>(a + p) * load<f64>(b);
  store<f64>(c, sum);
}
