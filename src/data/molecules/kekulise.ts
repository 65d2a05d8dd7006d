import type { Bonds, Structure } from "./structure.ts";

/** What an aromatic bond is called in `Bonds.order`. */
export const AROMATIC = 4;

/** Bonds of a neutral atom; a charge adds one to nitrogen, oxygen and their kin, and takes one from carbon and boron. */
const VALENCE: Readonly<Record<number, number>> = { 5: 3, 6: 4, 7: 3, 8: 2, 14: 4, 15: 3, 16: 2, 34: 2 };

/** Assignments tried for one molecule before it is given up. */
const MAX_TRIES = 20_000;

/**
 * Single and double bonds in place of aromatic ones, such that no valence stays open: every hydrogen has to be there. Written as text, aromatic bonds
 * alone do not say which nitrogen has a hydrogen.
 * @returns null when there is no such assignment
 */
export function kekulise({ atomicNumbers, charges }: Structure, { first, second, order }: Bonds): Bonds | null {
  const open = Int32Array.from(atomicNumbers, (number, atom) => valence(number, charges[atom]));
  const aromatic = [...order.keys()].filter((k) => order[k] === AROMATIC);
  order.forEach((own, k) => {
    const least = own === AROMATIC ? 1 : own;
    open[first[k]] -= least;
    open[second[k]] -= least;
  });
  const doubled = new Set<number>();
  const ring = new Set(aromatic.flatMap((k) => [first[k], second[k]]));
  let tries = 0;

  // The open atom with the fewest ways to close it is next: most molecules need no second try.
  const assign = (): boolean => {
    if (++tries > MAX_TRIES) return false;
    let fewest: readonly number[] | null = null;
    for (const atom of ring) {
      if (open[atom] < 1) continue;
      const ways = aromatic.filter((k) => (first[k] === atom || second[k] === atom) && isFree(k));
      if (fewest === null || ways.length < fewest.length) fewest = ways;
    }
    if (fewest === null) return true;
    for (const k of fewest) {
      take(k, 1);
      if (assign()) return true;
      take(k, -1);
    }
    return false;
  };
  const isFree = (k: number) => !doubled.has(k) && open[first[k]] > 0 && open[second[k]] > 0;
  const take = (k: number, bonds: 1 | -1) => {
    open[first[k]] -= bonds;
    open[second[k]] -= bonds;
    if (bonds === 1) doubled.add(k);
    else doubled.delete(k);
  };
  if (!assign()) return null;
  return { first, second, order: order.map((own, k) => (own !== AROMATIC ? own : doubled.has(k) ? 2 : 1)) };
}

function valence(number: number, charge: number): number {
  const neutral = VALENCE[number] ?? 0;
  return number === 6 || number === 14 ? neutral - Math.abs(charge) : neutral + (number === 5 ? -charge : charge);
}
