/** Every error this package throws on purpose: a class to catch and a stable `code` to switch on. */
export abstract class TaskprismError extends Error {
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Arrays or tensors whose shapes do not fit together; the message names the operation and the shapes. */
export class ShapeError extends TaskprismError {
  readonly code = "SHAPE";
}

/** A number outside the range in which an operation is defined. */
export class DomainError extends TaskprismError {
  readonly code = "DOMAIN";
}

/** A matrix that cannot be inverted or factorised at working precision. */
export class SingularMatrixError extends TaskprismError {
  readonly code = "SINGULAR_MATRIX";
}

/** An option or configuration value that is wrong; the message names the field and what would be right. */
export class ConfigError extends TaskprismError {
  readonly code = "CONFIG";
}

/**
 * Where in the user's data a problem sits. `row` counts data rows from 1, the header left out; `record` the records of a
 * file of molecules, and `line` the lines of a text file, from 1.
 */
export interface DataLocation {
  readonly source?: string;
  readonly record?: number;
  readonly line?: number;
  readonly row?: number;
  readonly column?: string;
}

/** Data that cannot be used as they are; says where (file, row, column) and what would be right. */
export class DataError extends TaskprismError {
  readonly code = "DATA";
  readonly location: DataLocation;

  constructor(message: string, location: DataLocation = {}, options?: ErrorOptions) {
    super(describe(location) + message, options);
    this.location = location;
  }
}

function describe({ source, record, line, row, column }: DataLocation): string {
  const parts = [
    source,
    record === undefined ? undefined : `record ${record}`,
    line === undefined ? undefined : `line ${line}`,
    row === undefined ? undefined : `row ${row}`,
    column === undefined ? undefined : `column '${column}'`,
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? "" : `${parts.join(", ")}: `;
}
