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

/** Runs the command that these arguments name, and leaves what the shell is to be told in `process.exitCode`. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(args, { from: "user" });
  } catch (error) {
    process.exitCode = error instanceof CommanderError ? usageExit(error) : reportError(error);
  }
}

function program(): Command {
  const all = new Command("taskprism")
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
    all.addCommand(build());
  }
  return all;
}

/** Commander has printed its own message already; help and version are not errors. */
function usageExit({ exitCode }: CommanderError): number {
  return exitCode === 0 ? ExitCode.done : ExitCode.usage;
}
