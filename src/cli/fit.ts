import { type Command, InvalidArgumentError } from "commander";
import { type BootstrapFlags, withBootstrapOptions } from "./bootstrap-flags.ts";
import {
  command,
  integer,
  oneOf,
  positiveInteger,
  positiveIntegers,
  real,
  repeated,
  type SharedOptions,
} from "./command.ts";
import { type MoleculeFlags, withMoleculeOptions } from "./molecule-options.ts";

/** The names are written out, as they are shown without loading the methods; a test compares. */
export const BASELINES = "raw, pca, fast-ica, varimax, sparse-heads, shared-features, ivae, nf-ivae, icarl";

/** The options of `taskprism fit` as commander parses them. */
export interface FitFlags extends SharedOptions, BootstrapFlags, MoleculeFlags {
  readonly encoder?: "mlp" | "egnn";
  readonly cutoff?: number;
  readonly geometry?: "3d" | "none";
  readonly atomReferences?: "auto" | "all" | "none";
  readonly features?: string[];
  readonly targets?: string[];
  readonly drop?: string[];
  readonly task?: string;
  readonly target?: string;
  readonly id?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly resume?: string;
  readonly seeds?: number[];
  readonly latentDim?: number | "auto";
  readonly latentDims?: number[];
  readonly featureDim?: number;
  readonly hidden?: number[];
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly warmUp?: number;
  readonly schedule?: "cosine" | "constant";
  readonly heads?: "joint" | "ridge";
  readonly headPenalty?: number;
  readonly holdOut?: number;
  readonly patience?: number;
  readonly refine?: boolean;
  readonly refineRounds?: number;
  readonly refineEpochs?: number;
  readonly refineRate?: number;
  readonly refineHidden?: number[];
  readonly preset?: "default" | "paper";
  readonly variance?: "free" | "clamped";
  readonly sigmaS?: number;
  readonly starts?: number;
  readonly threads?: number | "auto";
  readonly device?: "cpu" | "webgpu" | "auto";
  readonly method?: string;
  readonly on?: "inputs" | "features" | "representation";
  readonly steps?: number;
  readonly maxSeconds?: number;
  readonly option?: readonly string[];
}

/** `taskprism fit`: both stages on tables. */
export function fitCommand(): Command {
  const fit = command("fit", "fit both stages to tables or molecules: latents, causes of every target, certificate")
    .argument(
      "[tables...]",
      "files of equal length, side by side: CSV, TSV, JSON, Parquet; molecules as SDF, XYZ, a folder or a tar archive; gzipped or not",
    )
    .optionsGroup("Columns (names or globs, as 'column' or 'file.column', comma-separated):")
    .option(
      "--features <columns>",
      "what the encoder reads; default: every numeric column that is nothing else",
      repeated,
    )
    .option("--targets <columns>", "one target a column; an empty cell is a missing target", repeated)
    .option("--drop <columns>", "columns to ignore", repeated)
    .option("--task <column>", "long data: the column that names each row's task")
    .option("--target <column>", "long data: the column that holds each row's target")
    .option("--id <column>", "a column that names the rows; copied to the latents")
    .optionsGroup("Molecules (an .sdf or .xyz file, a folder or archive of them, or a table with SMILES):")
    .option(
      "--cutoff <angstrom>",
      "edges between atoms nearer than this, beside the bonds (default: bonds alone)",
      real,
    )
    .option(
      "--geometry <kind>",
      "3d: positions as in the file, or a conformer of each SMILES, at 0.3 to 0.8 s of a core each; none: bonds alone, hardly worse for many SMILES (default: 3d)",
      oneOf("3d", "none"),
    )
    .option(
      "--atom-references <which>",
      "fit targets relative to what their atoms add up to, undone in predict: auto, those of which composition explains a quarter or more, such as energies; all; none (default: auto; paper: none)",
      oneOf("auto", "all", "none"),
    );
  withMoleculeOptions(fit)
    .optionsGroup("The run:")
    .option("--out <folder>", "where the results go; a new folder")
    .option("--force", "replace the run that is in that folder")
    .option(
      "--seeds <range>",
      "fit these seeds, such as 0..4 or 0,7: a run each in OUT/seed-0 …, in processes at a time as cores and memory allow (--workers), and compare them",
      seedRange,
    )
    .option("--resume <folder>", "go on with an interrupted run; takes tables and options from it")
    .optionsGroup("The model:")
    .option(
      "--encoder <kind>",
      "mlp for tables, egnn for molecules (default: what the data need)",
      oneOf("mlp", "egnn"),
    )
    .option(
      "--latent-dim <d>",
      "number of latents, or auto: chosen from 1 to 20 (default: 10, or half the targets if that is less)",
      (text: string) => (text === "auto" ? text : positiveInteger(text)),
    )
    .option("--latent-dims <range>", "numbers of latents to choose from, such as 2..12 or 5,10,20", integerRange)
    .option(
      "--feature-dim <F>",
      "width of the feature layer (default: d + max(8, d/2), at most the targets)",
      positiveInteger,
    )
    .option(
      "--hidden <widths>",
      "hidden layers of the encoder, such as 512 or 256,128 (default: 512; egnn: 64,64)",
      positiveIntegers,
    )
    .option("--variance <kind>", "free, or clamped as in the paper (default: free)", oneOf("free", "clamped"))
    .option("--sigma-s <number>", "standard deviation of an effect given its target (default: 0.1)", real)
    .option("--starts <count>", "limit on the restarts of stage 2 (default: 20)", positiveInteger)
    .optionsGroup("Training:")
    .option("--preset <name>", "default, or paper: the settings of Chen et al. 2024", oneOf("default", "paper"))
    .option(
      "--epochs <count>",
      "passes over the rows (default: as many as 6,000 updates make, at least 3)",
      positiveInteger,
    )
    .option("--batch-size <rows>", "rows an update (default: 512; egnn: 256)", positiveInteger)
    .option("--learning-rate <rate>", "peak of the learning rate (default: 0.003; egnn: 0.002)", real)
    .option("--warm-up <updates>", "updates until that peak (default: 200)", integer)
    .option("--schedule <kind>", "cosine or constant (default: cosine)", oneOf("cosine", "constant"))
    .option(
      "--heads <kind>",
      "joint: trained with the encoder; ridge: solved exactly in batches of whole tasks, for long data (default: ridge for 10 latents or more in long tables with enough rows in every task, else joint)",
      oneOf("joint", "ridge"),
    )
    .option("--head-penalty <lambda>", "of ridge heads, in units of the features' variance (default: 0.1)", real)
    .option("--hold-out <share>", "share of the rows to stop early on; 0 for none (default: 0.1)", real)
    .option("--patience <epochs>", "epochs without improvement before stopping (default: half of all)", positiveInteger)
    .option(
      "--refine",
      "then train an encoder anew for the causal model and the columns together: much nearer to the latents where columns are functions of them; for long data; whether the model holds is then no longer tested (docs/certificate.md)",
    )
    .option("--refine-rounds <count>", "rounds at most (default: 10)", positiveInteger)
    .option(
      "--refine-epochs <count>",
      "passes over the rows a round (default: as many as 1,500 updates make)",
      positiveInteger,
    )
    .option("--refine-rate <rate>", "peak of the learning rate (default: 0.003)", real)
    .option("--refine-hidden <widths>", "hidden layers of that encoder (default: 512,256)", positiveIntegers)
    .option(
      "--threads <count>",
      "threads that train, or auto: as many as are found to be fastest on these data. On tables they divide operations, which changes no byte. On molecules each holds a copy of the data and takes its share of every batch; the same number gives the same bytes, another one other last digits (default: 1)",
      (text: string) => (text === "auto" ? text : positiveInteger(text)),
    )
    .option("--device <name>", "cpu, webgpu or auto (default: cpu)", oneOf("cpu", "webgpu", "auto"))
    .optionsGroup("A baseline instead (docs/baselines.md):")
    .option("--method <name>", `one of ${BASELINES}`, oneOf(...BASELINES.split(", ")))
    .option(
      "--on <what>",
      "what a linear one reads: inputs, or what stage 1 makes: features, representation",
      oneOf("inputs", "features", "representation"),
    )
    .option("--steps <count>", "updates of each member of its grid (default: 6000)", positiveInteger)
    .option(
      "--max-seconds <seconds>",
      "return what has been found after so many; a budget that was kept is success, and the result says that it ended there",
      real,
    )
    .option(
      "--option <name=value>",
      "what one method alone can be told, repeatable. fast-ica: algorithm (parallel, deflation), contrast (logcosh, cube, exp), tolerance, maxIterations; sparse-heads, shared-features: penalty, sharing, starts, rounds; " +
        "ivae, nf-ivae, icarl: depth, activation (leaky-relu, xtanh, tanh, softplus), decoderVariance, auxiliary (task-and-target, task); ivae: priorMean (zero, learned), anneal (true, false); nf-ivae, icarl: statistics; icarl: test (partial-correlation, kernel), level",
      repeated,
    );
  return withBootstrapOptions(fit)
    .addHelpText("after", EXAMPLES)
    .action(async (tables: string[], flags: FitFlags) => {
      const { runFit } = await import("./fit-run.ts");
      await runFit(tables, flags);
    });
}

/** An option value such as `2..12` or `5,10,20`: whole numbers above zero. */
function integerRange(text: string): number[] {
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  if (from === undefined || to === undefined) return positiveIntegers(text);
  return rising(positiveInteger(from), positiveInteger(to));
}

/** An option value such as `0..4` or `0,7`: whole numbers from zero on. */
function seedRange(text: string): number[] {
  const [, from, to] = /^(\d+)\.\.(\d+)$/.exec(text) ?? [];
  const seeds =
    from === undefined || to === undefined ? text.split(",").map(integer) : rising(integer(from), integer(to));
  if (seeds.some((seed) => seed < 0)) throw new InvalidArgumentError("Seeds must not be below 0.");
  return seeds;
}

function rising(first: number, last: number): number[] {
  if (last < first) throw new InvalidArgumentError("It must rise, as 2..12 does.");
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

const EXAMPLES = `
Examples:
  taskprism fit materials.csv --targets 'tc,gap,density' --out runs/a
  taskprism fit composition.csv.gz properties.parquet --features 'composition.*' --targets 'properties.*' \\
      --drop composition.name --latent-dim 10 --seed 0 --out runs/b
  taskprism fit measurements.parquet --task assay --target value --refine --out runs/c
  taskprism fit materials.csv --targets 'tc,gap,density' --method fast-ica --on inputs --option contrast=cube --out runs/ica
  taskprism fit materials.csv --targets 'y*' --latent-dim auto --out runs/d
  taskprism fit gdb9.sdf gdb9.sdf.csv --targets 'mu,alpha,homo,lumo' --encoder egnn --latent-dim 2 --out runs/e
  taskprism fit library.csv --smiles smiles --targets 'logp,tpsa' --latent-dim 1 --out runs/f
  taskprism fit materials.csv --targets 'y*' --seeds 0..4 --out runs/g
  taskprism fit --resume runs/b`;
