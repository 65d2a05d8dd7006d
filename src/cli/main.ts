#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { VERSION } from "../version.ts";
import { adaptCommand } from "./adapt.ts";
import { compareCommand } from "./compare.ts";
import { ExitCode, reportError } from "./exit.ts";
import { experimentCommand } from "./experiment.ts";
import { fitCommand } from "./fit.ts";
import { generateCommand } from "./generate.ts";
import { inspectCommand } from "./inspect.ts";
import { momentsCommand } from "./moments.ts";
import { predictCommand } from "./predict.ts";
import { reportCommand } from "./report.ts";
import { scoreCommand } from "./score.ts";
import { studioCommand } from "./studio.ts";
import { transformCommand } from "./transform.ts";
import { unmixCommand } from "./unmix.ts";

const program = new Command("taskprism")
  .description(
    "Finds the canonical latent factors behind many targets, says which of them cause each target and which are its\n" +
      "effects, and certifies how well each is identified.",
  )
  .version(VERSION)
  .showHelpAfterError("(taskprism --help lists the commands)")
  .exitOverride();

for (const build of [
  fitCommand,
  unmixCommand,
  momentsCommand,
  transformCommand,
  predictCommand,
  adaptCommand,
  inspectCommand,
  compareCommand,
  scoreCommand,
  reportCommand,
  generateCommand,
  experimentCommand,
  studioCommand,
]) {
  program.addCommand(build());
}

// A reader that has seen enough, such as `| head`, closes the pipe: that ends the printing and is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(ExitCode.done);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = error instanceof CommanderError ? usageExit(error) : reportError(error);
}

/** Commander has printed its own message already; help and version are not errors. */
function usageExit({ exitCode }: CommanderError): number {
  return exitCode === 0 ? ExitCode.done : ExitCode.usage;
}
