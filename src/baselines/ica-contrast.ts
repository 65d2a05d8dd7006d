/** Name of a contrast of FastICA. */
export type Contrast = "logcosh" | "cube" | "exp";

/** Derivative g of a contrast function and its own derivative g′, at one number. */
export interface ContrastSlopes {
  slope(u: number): number;
  /** g′(u), given g(u) so that it need not be computed twice. */
  curvature(u: number, slope: number): number;
}

/**
 * The contrasts of Hyvärinen (1999), equations 37 to 39: logcosh (α = 1) for general use, exp for heavy tails, cube (kurtosis) for
 * light ones without outliers.
 */
export const contrasts: Readonly<Record<Contrast, ContrastSlopes>> = {
  logcosh: { slope: Math.tanh, curvature: (_, slope) => 1 - slope * slope },
  exp: {
    slope: (u) => u * Math.exp(-0.5 * u * u),
    curvature: (u) => (1 - u * u) * Math.exp(-0.5 * u * u),
  },
  cube: { slope: (u) => u * u * u, curvature: (u) => 3 * u * u },
};
