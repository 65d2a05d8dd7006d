/** P(C | task) summed by the number of candidates in C and by candidate. */
export interface SetPosterior {
  /** P(|C| = m), m = 0 … number of candidates. */
  readonly bySize: Float64Array;
  /** P(candidate k ∈ C). */
  readonly byCandidate: Float64Array;
}

/** The logs of two sets may move against each other by so many nats before exponentials are taken anew: they stay in range. */
const MAX_DRIFT = 50;

/** e^{log − largest} of every set, and the odds and priors for which it is. */
interface Reference {
  readonly mass: Float64Array;
  readonly odds: Float64Array;
  readonly setPriors: Float64Array;
}

/**
 * P(C | task) ∝ e^{ℓ(C)} P(|C|) e^{Σ_{k∈C} odds_k} over all sets of candidates, as a function of the log odds and of log P(|C|).
 *
 * Between calls both change little, and the mass of every set by factors that its candidates and its size share: sets are
 * weighted anew without an exponential each.
 *
 * @param likelihoods ℓ, 2^candidates values: bit k of the index says whether candidate k is in the set.
 * @param room From `setRoom` for as many candidates; functions may share it.
 * @returns The function; its result is in the room, and overwritten by the next call of any that has the same.
 */
export function setPosteriors(
  likelihoods: Float64Array,
  { low, high, lowBits, prior, posterior }: SetRoom,
): (odds: Float64Array, setPriors: Float64Array) => SetPosterior {
  const candidates = prior.length - 1;
  let known: Reference | undefined;
  return (odds, setPriors) => {
    if (known === undefined || !(drift(known, odds, setPriors) < MAX_DRIFT)) {
      const mass = massesInto(known?.mass ?? likelihoods.slice(), likelihoods, low, high, odds, setPriors);
      known = { mass, odds: odds.slice(), setPriors: setPriors.slice(0, candidates + 1) };
    }
    factorsInto(low, odds, known.odds, 0);
    factorsInto(high, odds, known.odds, lowBits);
    for (let m = 0; m <= candidates; m++) prior[m] = Math.exp(setPriors[m] - known.setPriors[m]);
    const total = sumInto(known.mass, low, high, prior, posterior.bySize);
    for (let m = 0; m <= candidates; m++) posterior.bySize[m] /= total;
    sharesInto(posterior.byCandidate, 0, low, total);
    sharesInto(posterior.byCandidate, lowBits, high, total);
    return posterior;
  };
}

/** What weighting sets of some number of candidates takes besides their likelihoods. */
export interface SetRoom {
  /** A code is taken in two halves, whose factors are tabulated: candidates 0 … lowBits − 1, and the others. */
  readonly low: Half;
  readonly high: Half;
  readonly lowBits: number;
  readonly prior: Float64Array;
  readonly posterior: SetPosterior;
}

/** Room for sets of so many candidates. */
export function setRoom(candidates: number): SetRoom {
  const lowBits = candidates >> 1;
  return {
    low: halfOf(lowBits),
    high: halfOf(candidates - lowBits),
    lowBits,
    prior: new Float64Array(candidates + 1),
    posterior: { bySize: new Float64Array(candidates + 1), byCandidate: new Float64Array(candidates) },
  };
}

/** Half of the candidates: of each set of them its size, the factor by which its odds have changed, and its mass. */
interface Half {
  readonly size: Uint8Array;
  readonly factor: Float64Array;
  readonly mass: Float64Array;
}

function halfOf(bits: number): Half {
  const codes = 1 << bits;
  return { size: sizes(codes), factor: new Float64Array(codes), mass: new Float64Array(codes) };
}

function factorsInto({ factor }: Half, odds: Float64Array, before: Float64Array, first: number): void {
  factor[0] = 1;
  for (let half = 1, k = first; half < factor.length; half *= 2, k++) {
    const change = Math.exp(odds[k] - before[k]);
    for (let code = 0; code < half; code++) factor[half + code] = factor[code] * change;
  }
}

/** The mass of all sets, also by their size and by either half of their candidates. */
function sumInto(mass: Float64Array, low: Half, high: Half, prior: Float64Array, bySize: Float64Array): number {
  bySize.fill(0);
  low.mass.fill(0);
  let total = 0;
  for (let h = 0, code = 0; h < high.factor.length; h++) {
    const [factor, first] = [high.factor[h], high.size[h]];
    let sum = 0;
    for (let l = 0; l < low.factor.length; l++, code++) {
      const size = first + low.size[l];
      const own = mass[code] * factor * low.factor[l] * prior[size];
      bySize[size] += own;
      low.mass[l] += own;
      sum += own;
    }
    high.mass[h] = sum;
    total += sum;
  }
  return total;
}

/** e^{log − largest} of every set. */
function massesInto(
  mass: Float64Array,
  likelihoods: Float64Array,
  low: Half,
  high: Half,
  odds: Float64Array,
  setPriors: Float64Array,
): Float64Array {
  mass[0] = 0;
  for (let half = 1, k = 0; half < mass.length; half *= 2, k++) {
    for (let code = 0; code < half; code++) mass[half + code] = mass[code] + odds[k];
  }
  let largest = Number.NEGATIVE_INFINITY;
  for (let h = 0, code = 0; h < high.size.length; h++) {
    for (let l = 0; l < low.size.length; l++, code++) {
      mass[code] += likelihoods[code] + setPriors[high.size[h] + low.size[l]];
      if (mass[code] > largest) largest = mass[code];
    }
  }
  for (let code = 0; code < mass.length; code++) mass[code] = Math.exp(mass[code] - largest);
  return mass;
}

/** How many bits of the codes below a power of two are set. */
function sizes(codes: number): Uint8Array {
  const result = new Uint8Array(codes);
  for (let code = 1; code < codes; code++) result[code] = result[code >> 1] + (code & 1);
  return result;
}

/** The largest change of the log of one set against that of another. */
function drift(known: Reference, odds: Float64Array, setPriors: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < odds.length; k++) sum += Math.abs(odds[k] - known.odds[k]);
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let m = 0; m <= odds.length; m++) {
    const change = setPriors[m] - known.setPriors[m];
    least = Math.min(least, change);
    most = Math.max(most, change);
  }
  return sum + most - least;
}

/** The share of the mass that has each candidate, which rounding does not let exceed 1. */
function sharesInto(byCandidate: Float64Array, first: number, { mass }: Half, total: number): void {
  for (let k = first, bit = 1; bit < mass.length; k++, bit *= 2) {
    let sum = 0;
    for (let code = bit; code < mass.length; code++) if (code & bit) sum += mass[code];
    byCandidate[k] = Math.min(sum / total, 1);
  }
}
