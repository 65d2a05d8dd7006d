import { DomainError } from "../errors.ts";

/** The learning rate of update number `step` = 0, 1, … */
export type Schedule = (step: number) => number;

/** The same rate throughout. */
export function constantRate(rate: number): Schedule {
  return () => rate;
}

/**
 * Linear warm-up, then half a cosine down to zero (Loshchilov and Hutter 2017):
 * rate · (k + 1)/warmUp for k < warmUp, then rate · ½(1 + cos(π (k − warmUp)/(total − warmUp))).
 * @param rate - the peak, reached at the end of the warm-up
 * @param warmUp - updates of warm-up, 0 ≤ warmUp < total
 * @param total - updates in all; later ones have rate 0
 */
export function warmUpCosine({ rate, warmUp, total }: { rate: number; warmUp: number; total: number }): Schedule {
  if (!(warmUp >= 0 && warmUp < total)) {
    throw new DomainError(`warmUpCosine: the warm-up (${warmUp} updates) must be shorter than the whole (${total})`);
  }
  return (step) => {
    if (step < warmUp) return (rate * (step + 1)) / warmUp;
    if (step >= total) return 0;
    return rate * 0.5 * (1 + Math.cos((Math.PI * (step - warmUp)) / (total - warmUp)));
  };
}
