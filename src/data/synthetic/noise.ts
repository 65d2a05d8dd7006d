import type { Random } from "../../stats/random.ts";

/** A symmetric law of mean 0 and variance 1; "student-t" is scaled to it. */
export type NoiseLaw = "gaussian" | "laplace" | "student-t";

/**
 * Draws from `law` out of the stream `random`: a function of no arguments, a number of mean 0 and variance 1 a call.
 *
 * @param degreesOfFreedom of "student-t", a whole number of at least 3; the others have none.
 */
export function noiseSampler(law: NoiseLaw, random: Random, degreesOfFreedom: number): () => number {
  switch (law) {
    case "gaussian":
      return random.normal;
    case "laplace":
      return () => laplace(random);
    case "student-t":
      return () => studentT(random, degreesOfFreedom);
  }
}

/** Exponential of mean 1/√2 with a random sign. */
function laplace(random: Random): number {
  const u = random.uniform(-1, 1);
  return (-Math.sign(u) * Math.log(1 - Math.abs(u))) / Math.SQRT2;
}

/** normal / √(χ²/ν), whose variance is ν / (ν − 2), divided by its standard deviation. */
function studentT(random: Random, degreesOfFreedom: number): number {
  let chiSquare = 0;
  for (let i = 0; i < degreesOfFreedom; i++) chiSquare += random.normal() ** 2;
  return random.normal() * Math.sqrt((degreesOfFreedom - 2) / chiSquare);
}
