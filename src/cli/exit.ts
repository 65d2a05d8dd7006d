import { ConfigError, DataError, TaskprismError } from "../errors.ts";
import { InterruptedError } from "./interrupt.ts";

/** What the process tells the shell. */
export const ExitCode = { done: 0, failed: 1, usage: 2, notConverged: 3, interrupted: 130 } as const;

/**
 * Prints an error as one line on stderr, with the stack only when `--debug` was given.
 * @returns the exit code: 2 for wrong input or options, 130 for an interruption, 1 for anything else
 */
export function reportError(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`taskprism: ${message.split("\n").join(" ")}\n`);
  if (process.argv.includes("--debug") && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  else if (!(error instanceof TaskprismError)) process.stderr.write("taskprism: --debug shows where this happened\n");
  if (error instanceof InterruptedError) return ExitCode.interrupted;
  return error instanceof ConfigError || error instanceof DataError ? ExitCode.usage : ExitCode.failed;
}
