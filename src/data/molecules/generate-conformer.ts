import { ConformerGenerator, ForceFieldMMFF94, Molecule } from "openchemlib";
import { createRandom } from "../../stats/random.ts";
import { distanceBounds } from "./distance-bounds.ts";
import { embedByProximity, signedVolume, stress, type VolumeRule } from "./proximity-embedding.ts";
import { isIsomer, stereoOf, volumeRules } from "./stereo.ts";

/** What conformers start from: always the same, so that a molecule has one geometry. */
const SEED = 1;
/** Positions drawn at most, and of those that fulfil the bounds, minimised at most. */
const [EMBEDDINGS, MINIMISATIONS] = [40, 8];
/** Of a molecule with rotatable bonds the better of so many minima is taken: the first may be an unlikely one. */
const MINIMA_OF_FLEXIBLE = 2;
/** Stress of an embedding that is worth minimising, in Å². */
const MOST_STRESS = 0.5;
const FIELD = ForceFieldMMFF94.MMFF94SPLUS;

/**
 * The molecule with all its hydrogens at the positions of one conformer: an embedding within the bounds that bonds imply
 * (`distanceBounds`), of the right chirality, minimised with MMFF94s+ (Halgren 1996), by OpenChemLib. Elements that the
 * force field lacks, and molecules of which no embedding ends as the right isomer, get the conformer of OpenChemLib's own
 * generator, which takes ten times as long: it makes hundreds for every rigid part.
 * @param molecule - as it was read, without positions
 * @returns null when there is none
 */
export function generateConformer(molecule: Molecule): Molecule | null {
  const stereo = stereoOf(molecule);
  const whole = molecule.getCompactCopy();
  whole.addImplicitHydrogens();
  whole.ensureHelperArrays(Molecule.cHelperRings);
  if (whole.getAllAtoms() === 1) return whole;
  const bounds = distanceBounds(whole);
  const volumes = volumeRules(whole, stereo);
  const wanted = molecule.getRotatableBondCount() > 0 ? MINIMA_OF_FLEXIBLE : 1;
  const random = createRandom(SEED);
  let [minima, minimisations] = [0, 0];
  let best: { readonly energy: number; readonly conformer: Molecule } | null = null;
  for (let k = 0; k < EMBEDDINGS && minima < wanted && minimisations < MINIMISATIONS; k++) {
    const x = embedByProximity(bounds, volumes, random.split(k));
    if (stress(x, bounds) > MOST_STRESS || !volumes.every((rule) => hasSign(x, rule))) continue;
    const conformer = placed(whole, x);
    if (!isIsomer(conformer, stereo)) continue;
    minimisations++;
    const energy = minimise(conformer);
    if (energy === null) break;
    const settled = placed(whole, positionsOf(conformer));
    if (!isIsomer(settled, stereo)) continue;
    minima++;
    if (best === null || energy < best.energy) best = { energy, conformer: settled };
  }
  return best?.conformer ?? fromGenerator(molecule);
}

/** Moves a molecule into the next minimum; its energy in kcal/mol, null when the force field has no place for an atom. */
function minimise(molecule: Molecule): number | null {
  try {
    const field = new ForceFieldMMFF94(molecule, FIELD);
    field.minimise();
    const energy = field.getTotalEnergy();
    return Number.isFinite(energy) ? energy : null;
  } catch {
    return null;
  }
}

function fromGenerator(molecule: Molecule): Molecule | null {
  const conformer = molecule.getCompactCopy();
  if (new ConformerGenerator(SEED).getOneConformerAsMolecule(conformer) === null) return null;
  minimise(conformer);
  return conformer;
}

function hasSign(x: Float64Array, { atoms, volume }: VolumeRule): boolean {
  return volume === 0 || signedVolume(x, atoms) * volume > 0;
}

/** The same atoms and bonds at these positions, n × 3; what was known about its shape is forgotten. */
function placed(molecule: Molecule, x: Float64Array): Molecule {
  const copy = new Molecule(molecule.getAllAtoms(), molecule.getAllBonds());
  for (let a = 0; a < molecule.getAllAtoms(); a++) {
    const atom = copy.addAtom(molecule.getAtomicNo(a));
    copy.setAtomCharge(atom, molecule.getAtomCharge(a));
    copy.setAtomMapNo(atom, molecule.getAtomMapNo(a), false);
    copy.setAtomX(atom, x[3 * a]);
    copy.setAtomY(atom, x[3 * a + 1]);
    copy.setAtomZ(atom, x[3 * a + 2]);
  }
  for (let k = 0; k < molecule.getAllBonds(); k++) {
    const bond = copy.addBond(molecule.getBondAtom(0, k), molecule.getBondAtom(1, k));
    copy.setBondType(bond, molecule.getBondType(k));
  }
  return copy;
}

function positionsOf(molecule: Molecule): Float64Array {
  const atoms = Array.from({ length: molecule.getAllAtoms() }, (_, a) => a);
  return Float64Array.from(atoms.flatMap((a) => [molecule.getAtomX(a), molecule.getAtomY(a), molecule.getAtomZ(a)]));
}
