import type { Random } from "../../stats/random.ts";

/** A symmetric law of mean 0 and variance 1. "student-t" has 5 degrees of freedom, scaled to variance 1. */
export type NoiseLaw = "gaussian" | "laplace" | "student-t";

const DEGREES_OF_FREEDOM = 5;

/** Draws from `law` out of the stream `random`: a function of no arguments, a number of mean 0 and variance 1 a call. */
export function noiseSampler(law: NoiseLaw, random: Random): () => number {
  switch (law) {
    case "gaussian":
      return random.normal;
    case "laplace":
      return () => laplace(random);
    case "student-t":
      return () => studentT(random);
  }
}

/** Exponential of mean 1/√2 with a random sign. */
function laplace(random: Random): number {
  const u = random.uniform(-1, 1);
  return (-Math.sign(u) * Math.log(1 - Math.abs(u))) / Math.SQRT2;
}

/** normal / √(χ²/ν), whose variance is ν / (ν − 2), divided by its standard deviation. */
function studentT(random: Random): number {
  let chiSquare = 0;
  for (let i = 0; i < DEGREES_OF_FREEDOM; i++) chiSquare += random.normal() ** 2;
  return random.normal() * Math.sqrt((DEGREES_OF_FREEDOM - 2) / chiSquare);
}
