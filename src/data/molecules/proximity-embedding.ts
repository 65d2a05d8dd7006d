import type { Random } from "../../stats/random.ts";
import type { DistanceBounds } from "./distance-bounds.ts";

/** Four atoms, and what their signed volume (p₀ − p₃) · ((p₁ − p₃) × (p₂ − p₃)) should be. */
export interface VolumeRule {
  readonly atoms: readonly [number, number, number, number];
  /** In Å³: at least this where it is positive, at most this where it is negative; 0 for four atoms in a plane. */
  readonly volume: number;
}

/** Cycles of corrections, and how many passes over the volumes each has. */
const CYCLES = 60;
const VOLUME_PASSES = 4;

/**
 * Positions at which distances and volumes are within their bounds, as nearly as chance and small corrections get there:
 * stochastic proximity embedding (Agrafiotis 2003; Xu, Izrailev & Agrafiotis 2003). From random positions, pairs of atoms
 * are drawn and, where they are too near or too far, moved along the line between them; steps shrink to nothing.
 * @returns n × 3, in angstrom
 */
export function embedByProximity(bounds: DistanceBounds, volumes: readonly VolumeRule[], random: Random): Float64Array {
  const { atoms, lower, upper } = bounds;
  const box = 2 * Math.cbrt(atoms) + 1;
  const x = Float64Array.from({ length: 3 * atoms }, () => box * (random.uniform() - 0.5));
  const draws = Math.ceil((atoms * atoms) / VOLUME_PASSES);
  for (let cycle = 0; cycle < CYCLES; cycle++) {
    const rate = 1 - (0.95 * cycle) / CYCLES;
    for (let pass = 0; pass < VOLUME_PASSES; pass++) {
      for (let k = 0; k < draws; k++) {
        const a = Math.floor(atoms * random.uniform());
        const b = (a + 1 + Math.floor((atoms - 1) * random.uniform())) % atoms;
        correctDistance(x, a, b, lower[a * atoms + b], upper[a * atoms + b], rate);
      }
      for (const rule of volumes) correctVolume(x, rule, rate);
    }
  }
  return x;
}

function correctDistance(x: Float64Array, a: number, b: number, least: number, most: number, rate: number): void {
  const [i, j] = [3 * a, 3 * b];
  const [dx, dy, dz] = [x[i] - x[j], x[i + 1] - x[j + 1], x[i + 2] - x[j + 2]];
  const distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
  const wanted = distance < least ? least : distance > most ? most : distance;
  if (wanted === distance) return;
  const step = (0.5 * rate * (wanted - distance)) / (distance + 1e-6);
  x[i] += step * dx;
  x[i + 1] += step * dy;
  x[i + 2] += step * dz;
  x[j] -= step * dx;
  x[j + 1] -= step * dy;
  x[j + 2] -= step * dz;
}

/** One Newton step of the volume along its gradient. */
function correctVolume(x: Float64Array, { atoms, volume }: VolumeRule, rate: number): void {
  const found = signedVolume(x, atoms);
  if (volume > 0 ? found >= volume : volume < 0 && found <= volume) return;
  const [p, q, r, o] = atoms.map((atom) => 3 * atom);
  const edge = (at: number) => [x[at] - x[o], x[at + 1] - x[o + 1], x[at + 2] - x[o + 2]] as const;
  const [u, v, w] = [edge(p), edge(q), edge(r)];
  const gradients = [cross(v, w), cross(w, u), cross(u, v)];
  const last = [0, 1, 2].map((axis) => -gradients.reduce((sum, own) => sum + own[axis], 0));
  const norm = [...gradients, last].flat().reduce((sum, value) => sum + value * value, 0);
  if (norm < 1e-9) return;
  const step = (0.5 * rate * (volume - found)) / norm;
  [p, q, r, o].forEach((at, k) => {
    const own = k < 3 ? gradients[k] : last;
    for (let axis = 0; axis < 3; axis++) x[at + axis] += step * own[axis];
  });
}

/** (p₀ − p₃) · ((p₁ − p₃) × (p₂ − p₃)) in Å³. */
export function signedVolume(x: Float64Array, [p, q, r, o]: VolumeRule["atoms"]): number {
  const edge = (atom: number) =>
    [0, 1, 2].map((axis) => x[3 * atom + axis] - x[3 * o + axis]) as [number, number, number];
  const [u, across] = [edge(p), cross(edge(q), edge(r))];
  return u[0] * across[0] + u[1] * across[1] + u[2] * across[2];
}

type Vector = readonly [number, number, number];

function cross(a: Vector, b: Vector): [number, number, number] {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

/** How far distances are outside their bounds: the sum of squares over all pairs, in Å². */
export function stress(x: Float64Array, { atoms, lower, upper }: DistanceBounds): number {
  let sum = 0;
  for (let a = 0; a < atoms; a++) {
    for (let b = 0; b < a; b++) {
      const along = (axis: number) => x[3 * a + axis] - x[3 * b + axis];
      const distance = Math.hypot(along(0), along(1), along(2));
      const at = a * atoms + b;
      sum += Math.max(lower[at] - distance, distance - upper[at], 0) ** 2;
    }
  }
  return sum;
}
