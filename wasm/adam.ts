// AssemblyScript: `npm run wasm` compiles it into src/nn/adam-code.ts.

/** sum += term: vectors of `bytes` bytes of float32, a multiple of 16. */
export function addTo(sum: usize, term: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(sum + at, f32x4.add(v128.load(sum + at), v128.load(term + at)));
  }
}

/**
 * One update of Adam on vectors of `bytes` bytes of float32, a multiple of 16: with g the slope times `scale`,
 * m = β₁ m + (1 − β₁) g, v = β₂ v + (1 − β₂) g², w = w − rate m / (√v + ε).
 */
export function update(
  w: usize,
  m: usize,
  v: usize,
  slopes: usize,
  bytes: usize,
  scale: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  rate: f32,
  epsilon: f32,
): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = f32x4.mul(v128.load(slopes + at), f32x4.splat(scale));
    const nextM = f32x4.add(f32x4.mul(v128.load(m + at), f32x4.splat(beta1)), f32x4.mul(g, f32x4.splat(rest1)));
    const squares = f32x4.mul(g, g);
    const nextV = f32x4.add(f32x4.mul(v128.load(v + at), f32x4.splat(beta2)), f32x4.mul(squares, f32x4.splat(rest2)));
    const root = f32x4.add(f32x4.sqrt(nextV), f32x4.splat(epsilon));
    const step = f32x4.div(f32x4.mul(nextM, f32x4.splat(rate)), root);
    v128.store(m + at, nextM);
    v128.store(v + at, nextV);
    v128.store(w + at, f32x4.sub(v128.load(w + at), step));
  }
}
