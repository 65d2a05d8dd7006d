import { Command } from "commander";
import { command, numberOrRange, oneOf, positiveInteger, range, real, type SharedOptions } from "./command.ts";

/** The options of `taskprism generate linear` and `generate nonlinear`. */
export interface GenerateFlags extends SharedOptions {
  readonly out: string;
  readonly force?: boolean;
  readonly latents?: number;
  readonly causes?: number | readonly [number, number];
  readonly tasks?: number;
  readonly rows?: number;
  readonly causeSize?: number;
  readonly effectSize?: number;
  readonly targetNoise?: readonly [number, number];
  readonly sigmaS?: number;
  readonly sigmaObs?: number;
  readonly noise?: "gaussian" | "laplace" | "student-t";
  readonly degreesOfFreedom?: number;
  readonly confounding?: number;
  readonly targetConfounding?: number;
  readonly standardise: boolean;
  readonly mixing?: "identity" | "orthogonal" | "random";
  readonly inputs?: number;
  readonly depth?: number;
  readonly width?: number;
}

/** `taskprism generate`: the paper's synthetic data, with the truth beside them. */
export function generateCommand(): Command {
  // Without the shared options: it would take them, and its subcommands would not see them.
  const generate = new Command("generate")
    .description("generate the paper's synthetic data, with the truth beside them")
    .exitOverride();
  generate.addCommand(
    withCausalOptions(
      command("linear", "latents mixed by a matrix: a representation for unmix"),
      "10",
      "2",
      "200",
      "100",
    )
      .option(
        "--mixing <kind>",
        "identity, orthogonal or random (default: random)",
        oneOf("identity", "orthogonal", "random"),
      )
      .option("--sigma-obs <number>", "standard deviation of the observation noise (default: 0.01)", real)
      .action(async (flags: GenerateFlags) => {
        const { generateLinear } = await import("./generate-run.ts");
        await generateLinear(flags);
      }),
  );
  generate.addCommand(
    withCausalOptions(
      command("nonlinear", "latents mixed by a random network: tables for fit"),
      "20",
      "4",
      "500",
      "200",
    )
      .option("--inputs <p>", "number of features (default: 100)", positiveInteger)
      .option("--depth <layers>", "layers of the mixing network, at least 2 (default: 2)", positiveInteger)
      .option("--width <units>", "width of its hidden layers (default: as many as features)", positiveInteger)
      .option("--sigma-obs <number>", "standard deviation of noise on the features (default: 0)", real)
      .action(async (flags: GenerateFlags) => {
        const { generateNonlinear } = await import("./generate-run.ts");
        await generateNonlinear(flags);
      }),
  );
  return generate;
}

function withCausalOptions(target: Command, latents: string, causes: string, tasks: string, rows: string): Command {
  return target
    .requiredOption("--out <folder>", "where the data go; a new folder")
    .option("--force", "write into a folder that is not empty")
    .option("--latents <d>", `number of latents (default: ${latents})`, positiveInteger)
    .option(
      "--causes <k>",
      `latents that cause a task's target; LOW,HIGH: anew for every task (default: ${causes})`,
      numberOrRange,
    )
    .option("--tasks <T>", `number of tasks (default: ${tasks})`, positiveInteger)
    .option("--rows <n>", `rows a task (default: ${rows})`, positiveInteger)
    .option("--cause-size <number>", "standard deviation of the causes' weights (default: 1)", real)
    .option("--effect-size <number>", "effects have slopes between this and its negative (default: 1)", real)
    .option("--target-noise <low,high>", "standard deviation of a target given its causes (default: 2,3)", range)
    .option("--sigma-s <number>", "standard deviation of an effect given its target (default: 0.1)", real)
    .option(
      "--noise <law>",
      "gaussian, laplace or student-t (default: gaussian)",
      oneOf("gaussian", "laplace", "student-t"),
    )
    .option("--degrees-of-freedom <n>", "of student-t, at least 3 (default: 5)", positiveInteger)
    .option("--confounding <share>", "correlation of effects by a hidden common cause, in [0, 1) (default: 0)", real)
    .option(
      "--target-confounding <share>",
      "share of that hidden cause in the noise of the target, in [0, 1) (default: 0)",
      real,
    )
    .option("--no-standardise", "leave the latents as drawn, not standardised within every task");
}
