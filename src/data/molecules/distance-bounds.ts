import type { Molecule } from "openchemlib";

/** The nearest and the farthest that every two atoms of a molecule should be to each other, in angstrom. */
export interface DistanceBounds {
  readonly atoms: number;
  /** n × n, symmetric; upper is Infinity where nothing bounds it. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Covalent radii in angstrom (Cordero et al. 2008), and radii of van der Waals (Bondi 1964), by atomic number. */
const COVALENT: Readonly<Record<number, number>> = {
  ...{
    1: 0.31,
    5: 0.84,
    6: 0.76,
    7: 0.71,
    8: 0.66,
    9: 0.57,
    14: 1.11,
    15: 1.07,
    16: 1.05,
    17: 1.02,
    35: 1.2,
    53: 1.39,
  },
};
const VAN_DER_WAALS: Readonly<Record<number, number>> = {
  ...{ 1: 1.2, 5: 1.9, 6: 1.7, 7: 1.55, 8: 1.52, 9: 1.47, 14: 2.1, 15: 1.8, 16: 1.8, 17: 1.75, 35: 1.85, 53: 1.98 },
};
const [OTHER_COVALENT, OTHER_VAN_DER_WAALS] = [1.4, 2];

/** By how much a double, triple and aromatic bond is shorter than a single one. */
const [DOUBLE, TRIPLE, AROMATIC] = [0.19, 0.32, 0.12];
/** Share of the sum of their radii of van der Waals that atoms four and more bonds apart keep. */
const CONTACT = 0.8;

/** Angles in degrees: inside a small ring, and beside it where an sp³ atom is in no other; how far each may be from them. */
const INSIDE: Readonly<Record<number, number>> = { 3: 60, 4: 90, 5: 106 };
const BESIDE: Readonly<Record<number, number>> = { 3: 118, 4: 114, 5: 111 };
const [SLACK_INSIDE, SLACK] = [3, 6];
/** Where rings meet an angle between them may be anything in between. */
const BETWEEN_RINGS = [95, 140] as const;

/**
 * Bounds from what bonds imply: lengths from radii and orders; distances over one angle from hybridisation and rings; over
 * one torsion between cis and trans; all others by contact.
 * @param molecule - with all its hydrogens, and helper arrays up to rings
 */
export function distanceBounds(molecule: Molecule): DistanceBounds {
  const atoms = molecule.getAllAtoms();
  const bounds = { atoms, lower: new Float64Array(atoms * atoms), upper: new Float64Array(atoms * atoms) };
  const far = Number.POSITIVE_INFINITY;
  const bondsApart = new Uint8Array(atoms * atoms).fill(4);
  for (let a = 0; a < atoms; a++) for (let b = 0; b < a; b++) set(bounds, a, b, contact(molecule, a, b), far);
  // Fewer bonds apart bind more tightly; of several ways over as many bonds, as in rings, each is possible.
  const bound = (a: number, b: number, bonds: number, least: number, most: number) => {
    const at = a * atoms + b;
    if (a === b || bondsApart[at] < bonds) return;
    const isFirst = bondsApart[at] > bonds;
    bondsApart[at] = bondsApart[b * atoms + a] = bonds;
    if (isFirst) set(bounds, a, b, least, most);
    else set(bounds, a, b, Math.min(bounds.lower[at], least), Math.max(bounds.upper[at], most));
  };
  const ends = Array.from({ length: molecule.getAllBonds() }, (_, k): [number, number] => [
    molecule.getBondAtom(0, k),
    molecule.getBondAtom(1, k),
  ]);
  ends.forEach(([a, b], k) => {
    const length = bondLength(molecule, k);
    bound(a, b, 1, length, length);
  });
  const length = (a: number, b: number) => bounds.lower[a * atoms + b];
  const near = (atom: number) =>
    Array.from({ length: molecule.getAllConnAtoms(atom) }, (_, k) => molecule.getConnAtom(atom, k));
  const angles = angleRanges(molecule);
  for (let centre = 0; centre < atoms; centre++) {
    for (const a of near(centre)) {
      for (const b of near(centre)) {
        if (a >= b) continue;
        const [least, most] = angles(a, centre, b).map((angle) =>
          overAngle(length(centre, a), length(centre, b), angle),
        );
        bound(a, b, 2, least, most);
      }
    }
  }
  for (const [b, c] of ends) {
    for (const a of near(b)) {
      for (const d of near(c)) {
        if (a === c || d === b || a === d) continue;
        const chain = [length(a, b), length(b, c), length(c, d)] as const;
        const [atB, atC] = [angles(a, b, c), angles(b, c, d)];
        bound(a, d, 3, overTorsion(...chain, atB[0], atC[0], "cis"), overTorsion(...chain, atB[1], atC[1], "trans"));
      }
    }
  }
  return bounds;
}

function set({ atoms, lower, upper }: DistanceBounds, a: number, b: number, least: number, most: number): void {
  lower[a * atoms + b] = lower[b * atoms + a] = least;
  upper[a * atoms + b] = upper[b * atoms + a] = most;
}

function contact(molecule: Molecule, a: number, b: number): number {
  const radius = (atom: number) => VAN_DER_WAALS[molecule.getAtomicNo(atom)] ?? OTHER_VAN_DER_WAALS;
  return CONTACT * (radius(a) + radius(b));
}

function bondLength(molecule: Molecule, bond: number): number {
  const radius = (end: 0 | 1) => COVALENT[molecule.getAtomicNo(molecule.getBondAtom(end, bond))] ?? OTHER_COVALENT;
  const order = molecule.getBondOrder(bond);
  const less = molecule.isAromaticBond(bond) ? AROMATIC : order === 2 ? DOUBLE : order === 3 ? TRIPLE : 0;
  return radius(0) + radius(1) - less;
}

type AngleRange = (a: number, centre: number, b: number) => readonly [number, number];

/** The range of the angle a–centre–b in radians. */
function angleRanges(molecule: Molecule): AngleRange {
  const rings = molecule.getRingSet();
  const sizes = new Map<string, number>();
  const ringsAt = new Uint8Array(molecule.getAllAtoms());
  const key = (a: number, centre: number, b: number) => `${Math.min(a, b)} ${centre} ${Math.max(a, b)}`;
  for (let r = 0; r < rings.getSize(); r++) {
    const ring = rings.getRingAtoms(r);
    ring.forEach((centre, k) => {
      ringsAt[centre]++;
      const own = key(ring[(k + 1) % ring.length], centre, ring[(k + ring.length - 1) % ring.length]);
      sizes.set(own, Math.min(sizes.get(own) ?? ring.length, ring.length));
    });
  }
  return (a, centre, b) => {
    const ideal = hybridAngle(molecule, centre);
    const inside = INSIDE[sizes.get(key(a, centre, b)) ?? 0];
    if (inside !== undefined) return degrees(inside - SLACK_INSIDE, inside + SLACK_INSIDE);
    if (ideal < 180 && ringsAt[centre] > 1) return degrees(...BETWEEN_RINGS);
    const size = molecule.getAtomRingSize(centre);
    const around = ideal === 120 ? (360 - (INSIDE[size] ?? 120)) / 2 : ideal < 180 ? (BESIDE[size] ?? ideal) : ideal;
    return degrees(around - SLACK, Math.min(around + SLACK, 180));
  };
}

function degrees(least: number, most: number): readonly [number, number] {
  return [(least * Math.PI) / 180, (most * Math.PI) / 180];
}

/** In degrees: 180 at sp, 120 at sp² (aromatic atoms and flat nitrogen among them), else the tetrahedron's. */
function hybridAngle(molecule: Molecule, atom: number): number {
  if (molecule.isAromaticAtom(atom) || molecule.isFlatNitrogen(atom)) return 120;
  const pi = molecule.getAtomPi(atom);
  if (pi >= 2 && molecule.getAllConnAtoms(atom) <= 2) return 180;
  return pi === 1 ? 120 : 109.5;
}

/** The third side of a triangle. */
function overAngle(a: number, b: number, angle: number): number {
  return Math.sqrt(a * a + b * b - 2 * a * b * Math.cos(angle));
}

/** The distance of the ends a, d of a chain of three bonds in one plane. */
function overTorsion(ab: number, bc: number, cd: number, atB: number, atC: number, side: "cis" | "trans"): number {
  const along = bc - ab * Math.cos(atB) - cd * Math.cos(atC);
  const across = ab * Math.sin(atB) - (side === "cis" ? 1 : -1) * cd * Math.sin(atC);
  return Math.hypot(along, across);
}
