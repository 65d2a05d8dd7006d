import {
  ConfigError,
  DataError,
  type DataLocation,
  DomainError,
  ShapeError,
  SingularMatrixError,
  TaskprismError,
} from "../errors.ts";
import { FileError } from "./file-error.ts";

/** A worker process that ended without an answer, or an error in it that is none of this package's own. */
export class WorkerError extends TaskprismError {
  readonly code = "WORKER";
}

/** An error as it travels between processes, where classes do not. */
export interface ErrorMessage {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Where in the data, for a DataError. */
  readonly location?: DataLocation;
}

const ownClasses = { ConfigError, DomainError, FileError, ShapeError, SingularMatrixError, WorkerError };

/** What of an error is sent to another process. */
export function packError(error: unknown): ErrorMessage {
  if (!(error instanceof Error)) return { name: "Error", message: String(error) };
  const { name, message, stack } = error;
  const location = error instanceof DataError ? error.location : undefined;
  return { name, message, ...(stack !== undefined && { stack }), ...(location !== undefined && { location }) };
}

/** The error that was sent: of the same class, hence with the same code, when it is one of this package's, else a WorkerError. */
export function unpackError({ name, message, stack, location }: ErrorMessage): TaskprismError {
  const error = revive(name, message, location);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function revive(name: string, message: string, location: DataLocation = {}): TaskprismError {
  // The message of a DataError names the place already.
  if (name === DataError.name) return Object.assign(new DataError(message), { location });
  const own = Object.entries(ownClasses).find(([known]) => known === name)?.[1];
  return own === undefined ? new WorkerError(`${name}: ${message}`) : new own(message);
}
