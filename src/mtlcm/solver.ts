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

/** The solvers of stage 2. */
export type SolverName = "closed-form" | "lbfgs" | "adam";

/** How a solver ended. */
export interface SolverReport {
  /** The solver that made the result. */
  readonly name: SolverName;
  /** Negative log-likelihood per row, in nats. */
  readonly value: number;
  /**
   * σo of the likelihood, as given or estimated. Of "auto", when it stayed with the closed form: the estimate by which it
   * did so, 0 where no noise is to be seen. Absent where noise was left out of account: "closed-form", and rows that carry many targets.
   */
  readonly sigmaObs?: number;
  /**
   * true where "auto" saw noise that makes the closed form wrong, and noise explains less than half of what is wrong with
   * it: something else does, and the model does not hold. Absent everywhere else.
   */
  readonly unexplained?: true;
  /** Starts made, and how many of them ended at this point. */
  readonly starts: number;
  readonly agreed: number;
  /** Value of the best other optimum minus this one; null when every start agreed. */
  readonly gap: number | null;
  readonly converged: boolean;
  readonly reason: StopReason;
}

/** Where a solver ended: B in no particular order, scale or sign, and how it got there. */
export interface Solution extends Omit<SolverReport, "name"> {
  readonly unmixing: Matrix;
}
