import { type Bonds, RecordError, type Structure } from "./structure.ts";

/** Covalent radii in angstrom (Cordero et al. 2008), hydrogen to argon, and those of bromine and iodine. */
const RADII: Readonly<Record<number, number>> = {
  ...{ 1: 0.31, 2: 0.28, 3: 1.28, 4: 0.96, 5: 0.84, 6: 0.76, 7: 0.71, 8: 0.66, 9: 0.57, 10: 0.58 },
  ...{ 11: 1.66, 12: 1.41, 13: 1.21, 14: 1.11, 15: 1.07, 16: 1.05, 17: 1.02, 18: 1.06, 35: 1.2, 53: 1.39 },
};

/** How many bonds an atom has where it is not charged; and at most. */
const VALENCE: Readonly<Record<number, number>> = { 1: 1, 5: 3, 6: 4, 7: 3, 8: 2, 9: 1, 14: 4, 15: 3, 16: 2, 17: 1 };
const MOST: Readonly<Record<number, number>> = { 1: 1, 5: 4, 6: 4, 7: 4, 8: 3, 9: 1, 14: 4, 15: 5, 16: 6, 17: 1 };

/** Two atoms are bonded when they are nearer than the sum of their radii and this much, in angstrom. */
const TOLERANCE = 0.45;

/** Assignments of multiple bonds tried for one molecule before the best so far is taken. */
const MAX_TRIES = 20_000;

interface Candidate {
  readonly a: number;
  readonly b: number;
  /** Distance over the sum of the radii. */
  readonly stretch: number;
}

/**
 * The bonds of a structure from its distances alone: atoms nearer than the sum of their covalent radii + .45 Å, the most
 * stretched ones dropped where an atom has too many, then the multiple bonds that leave the fewest valences open, shorter
 * bonds first. Charges that the valences ask for (N⁺ with four bonds, O⁻ with one) are written to nobody: the bonds are
 * what the graph needs.
 * @throws RecordError when an element has no radius here, or two atoms are in one place
 */
export function perceiveBonds({ atomicNumbers, positions }: Structure): Bonds {
  const bonds = singleBonds(atomicNumbers, positions);
  const order = multipleBonds(atomicNumbers, bonds);
  return {
    first: Uint16Array.from(bonds, ({ a }) => a),
    second: Uint16Array.from(bonds, ({ b }) => b),
    order: Uint8Array.from(order),
  };
}

function singleBonds(atomicNumbers: Uint8Array, positions: Float32Array): Candidate[] {
  const radius = (i: number) => {
    const found = RADII[atomicNumbers[i]];
    if (found === undefined) throw new RecordError(`no bonds can be found for an atom of element ${atomicNumbers[i]}`);
    return found;
  };
  const candidates: Candidate[] = [];
  for (let a = 0; a < atomicNumbers.length; a++) {
    for (let b = a + 1; b < atomicNumbers.length; b++) {
      const along = (axis: number) => positions[3 * a + axis] - positions[3 * b + axis];
      const distance = Math.hypot(along(0), along(1), along(2));
      const reach = radius(a) + radius(b);
      if (distance < 0.3) throw new RecordError(`atoms ${a + 1} and ${b + 1} are in one place`);
      if (distance < reach + TOLERANCE) candidates.push({ a, b, stretch: distance / reach });
    }
  }
  const degree = new Int32Array(atomicNumbers.length);
  const room = (i: number) => degree[i] < (MOST[atomicNumbers[i]] ?? 8);
  return candidates
    .toSorted((x, y) => x.stretch - y.stretch)
    .filter(({ a, b }) => {
      if (!room(a) || !room(b)) return false;
      degree[a]++;
      degree[b]++;
      return true;
    });
}

/** The order of every bond, such that the open valences that are left over are as few as possible. */
function multipleBonds(atomicNumbers: Uint8Array, bonds: readonly Candidate[]): number[] {
  const open = Array.from(atomicNumbers, (number) => VALENCE[number] ?? 0);
  for (const { a, b } of bonds) {
    open[a]--;
    open[b]--;
  }
  const possible = [...bonds.keys()].filter((k) => open[bonds[k].a] > 0 && open[bonds[k].b] > 0);
  const total = open.reduce((sum, value) => sum + Math.max(value, 0), 0);
  const extra = new Array<number>(bonds.length).fill(0);
  let best = { filled: -1, extra: [...extra] };
  let tries = 0;

  // Bond by bond, the largest order first; given up where even filling every valence left would not be better.
  const assign = (position: number, filled: number, left: number): boolean => {
    if (filled > best.filled) best = { filled, extra: [...extra] };
    if (best.filled === total || ++tries > MAX_TRIES) return true;
    if (position === possible.length || filled + left <= best.filled) return false;
    const k = possible[position];
    const { a, b } = bonds[k];
    for (let order = Math.min(2, open[a], open[b]); order >= 0; order--) {
      extra[k] = order;
      open[a] -= order;
      open[b] -= order;
      const done = assign(position + 1, filled + 2 * order, left - 2 * order);
      open[a] += order;
      open[b] += order;
      if (done) return true;
    }
    extra[k] = 0;
    return false;
  };
  assign(0, 0, total);
  return best.extra.map((value) => value + 1);
}
