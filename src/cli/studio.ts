import { type Command, InvalidArgumentError } from "commander";
import { command, integer, type SharedOptions } from "./command.ts";

/** The options of `taskprism studio`. */
export interface StudioFlags extends SharedOptions {
  readonly port: number;
  readonly open: boolean;
}

/** `taskprism studio`: the studio, served to the browser of this machine. */
export function studioCommand(): Command {
  return command("studio", "serve the studio, which fits and explores in the browser; data never leave this machine")
    .option("--port <number>", "port of 127.0.0.1; 0 takes a free one", portNumber, 4280)
    .option("--open", "open it in the browser", false)
    .addHelpText("after", EXAMPLES)
    .action(async (flags: StudioFlags) => {
      const { runStudio } = await import("./studio-run.ts");
      await runStudio(flags);
    });
}

/** An option value that must be a port. */
function portNumber(text: string): number {
  const port = integer(text);
  if (port < 0 || port > 65_535) throw new InvalidArgumentError("It must be from 0 to 65535.");
  return port;
}

const EXAMPLES = `
The address is printed on stdout; Ctrl-C ends the server. --seed is of no use here: the studio has a seed of its own.

Examples:
  taskprism studio --open
  taskprism studio --port 0 --json`;
