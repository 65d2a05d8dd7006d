import { Command, InvalidArgumentError, Option } from "commander";

/** What every command understands. */
export interface SharedOptions {
  readonly json: boolean;
  readonly seed: number;
  readonly quiet: boolean;
}

/** A command with the options that all share. */
export function command(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .option("--json", "print the result as JSON on stdout", false)
    .option("--seed <integer>", "seed of everything random; the same seed gives the same result", integer, 0)
    .option("--quiet", "no progress, no notices", false)
    .addOption(new Option("--debug", "show the stack trace of an error").default(false))
    .showHelpAfterError(`(taskprism ${name} --help shows the options)`)
    .exitOverride();
}

/** An option value that must be a whole number. */
export function integer(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isSafeInteger(value)) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}

/** An option value that must be a whole number above zero. */
export function positiveInteger(text: string): number {
  const value = integer(text);
  if (value < 1) throw new InvalidArgumentError("It must be at least 1.");
  return value;
}

/** An option value that must be a number. */
export function real(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number.");
  return value;
}

/** An option value that is a range of numbers, such as `2,3`; one number is a range of itself. */
export function range(text: string): [low: number, high: number] {
  const [low, high = low, ...others] = text.split(",").map(real);
  if (low === undefined || high === undefined || others.length > 0) {
    throw new InvalidArgumentError("It must be LOW,HIGH.");
  }
  return [low, high];
}

/** An option value that is a number, or a range of numbers such as `1,4`. */
export function numberOrRange(text: string): number | [low: number, high: number] {
  return text.includes(",") ? range(text) : real(text);
}

/** An option value that lists whole numbers above zero, such as `256,128`. */
export function positiveIntegers(text: string): number[] {
  return text === "" ? [] : text.split(",").map(positiveInteger);
}

/** An option that may be given several times; its values are collected. */
export function repeated(text: string, before: readonly string[] = []): string[] {
  return [...before, text];
}

/** An option value that must be one of `choices`. */
export function oneOf<T extends string>(...choices: T[]) {
  return (text: string): T => {
    const found = choices.find((choice) => choice === text);
    if (found === undefined) throw new InvalidArgumentError(`It must be one of: ${choices.join(", ")}.`);
    return found;
  };
}
