import type { FitStep } from "../../src/model/fit.ts";
import type { Choice, Way } from "./compute.ts";

/** Milliseconds over which updates are timed, after the first run of them. */
const TIMED = 150;

/** Milliseconds of training below which no trial could gain what it costs. */
const WORTH_A_TRIAL = 3000;

/** A way has to be so much quicker for a training to begin anew with it. */
const GAIN = 0.9;

/** How long an update takes, of a training that is watched. */
export class UpdateClock {
  readonly #now: () => number;
  #first: { readonly step: number; readonly at: number } | undefined;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * The mean time of an update in milliseconds, undefined while it is not known. Updates are made several in a run and then told
   * one by one: the clock goes from the first of one run to the first of a later one.
   */
  see(step: number): number | undefined {
    const at = this.#now();
    this.#first ??= { step, at };
    const elapsed = at - this.#first.at;
    return elapsed < TIMED ? undefined : elapsed / (step - this.#first.step);
  }
}

/** A way that was tried: milliseconds an update, or why there are none. */
export interface Tried {
  readonly way: Way;
  readonly milliseconds: number;
  readonly problem?: string;
}

/** Whether a training of so many updates is long enough for other ways to be tried. */
export const isWorthATrial = (steps: number, milliseconds: number): boolean => steps * milliseconds >= WORTH_A_TRIAL;

/** Times a way to compute, and ends that training. One that fails takes for ever. */
export async function tryOut(way: Way, begin: (way: Way) => Promise<AsyncGenerator<FitStep, unknown>>): Promise<Tried> {
  const clock = new UpdateClock();
  try {
    for await (const step of await begin(way)) {
      const milliseconds = step.stage === "train" ? clock.see(step.step) : undefined;
      if (milliseconds !== undefined) return { way, milliseconds };
      if (step.stage !== "train") break;
    }
    return { way, milliseconds: 0 };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { way, milliseconds: Number.POSITIVE_INFINITY, problem };
  }
}

/** The way to go on with: the first, which the training began with, unless another is quicker by a tenth. */
export function quickest([first, ...others]: readonly [Tried, ...Tried[]]): Way {
  const best = others.reduce((a, b) => (b.milliseconds < a.milliseconds ? b : a), first);
  return best.milliseconds < GAIN * first.milliseconds ? best.way : first.way;
}

/**
 * What a training is computed on, in words: how long its updates take, what others took, and what could not be had.
 *
 * @param tried what was timed; nothing where there was no choice, the first way alone where the training was too short for more.
 */
export function inWords(way: Way, tried: readonly Tried[], steps: number, { wanted, missing }: Choice): string {
  const own = tried.find((one) => one.way === way);
  const others = tried.filter((one) => one !== own);
  const isShort = own !== undefined && others.length === 0 && !isWorthATrial(steps, own.milliseconds);
  const time = ({ milliseconds }: Tried) => `${Number(milliseconds.toPrecision(2))} ms`;
  return [
    way.name +
      (own === undefined ? "" : `: ${steps.toLocaleString("en")} updates of ${time(own)}`) +
      (isShort && wanted === "auto" ? ", too little to try anything else" : ""),
    ...others.map(
      (one) => `${one.way.name} ${one.problem === undefined ? `took ${time(one)}` : `failed (${one.problem})`}`,
    ),
    ...(isShort && wanted === "auto" ? [] : missing),
  ].join("; ");
}
