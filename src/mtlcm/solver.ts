import type { Matrix } from "../linalg/matrix.ts";

/** One iterate of any solver, complete enough to draw. */
export interface SolverStep {
  /** Which start, from 0. */
  readonly start: number;
  /** Counts within the start. */
  readonly iteration: number;
  readonly phase: "sweep" | "newton" | "lbfgs" | "adam";
  /** Negative log-likelihood per row, in nats. */
  readonly value: number;
  /** Largest entry of the gradient, in the solver's own coordinates. */
  readonly gradientNorm: number;
  /** B, d × d, for h as given. */
  readonly unmixing: Matrix;
}

/** Why a solver stopped; only "gradient" and "plateau" (the stopping rule of the paper's recipe) mean convergence. */
export type StopReason = "gradient" | "plateau" | "rounding" | "line search" | "iterations";

/** How a solver ended. */
export interface SolverReport {
  /** Negative log-likelihood per row, in nats. */
  readonly value: number;
  /** σo of the likelihood, as given or estimated; the closed form has none. */
  readonly sigmaObs?: number;
  /** Starts made, and how many of them ended at this point. */
  readonly starts: number;
  readonly agreed: number;
  /** Value of the best other optimum minus this one; null when every start agreed. */
  readonly gap: number | null;
  readonly converged: boolean;
  readonly reason: StopReason;
}

/** Where a solver ended: B in no particular order, scale or sign, and how it got there. */
export interface Solution extends SolverReport {
  readonly unmixing: Matrix;
}
