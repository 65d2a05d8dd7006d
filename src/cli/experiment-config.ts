import { parse as parseYaml } from "yaml";
import { ConfigError, DataError } from "../errors.ts";
import { onlyCases } from "../experiments/experiments.ts";
import { readInputFile } from "../node/index.ts";
import type { ExperimentFlags } from "./experiment.ts";

/**
 * The configuration that the command line asks for: the shipped one or that of a file, with its changes.
 *
 * @throws ConfigError or DataError that names the field, and the file where it came from one.
 */
export async function experimentConfig<C extends AnyConfig>(
  { shipped, parse }: ExperimentKind<C>,
  flags: ExperimentFlags,
): Promise<C> {
  const { config: path, set = [], case: cases = [], methods: names = [], seed } = flags;
  const found = path === undefined ? structuredClone(shipped) : await readYaml(path);
  // The file alone first, so that a complaint about it names it.
  if (path !== undefined) inFile(path, () => parse(found));
  for (const change of set) applyChange(found as Fields, change);
  if (names.length > 0) (found as Fields).methods = methodsNamed((found as Fields).methods, names);
  const config = onlyCases(parse(found), cases);
  return { ...config, seeds: config.seeds.map((s) => s + seed) };
}

/** What all configurations of experiments have. */
interface AnyConfig {
  readonly seeds: readonly number[];
  readonly cases?: readonly { readonly name?: string | undefined }[] | undefined;
}

/** The configuration that comes with an experiment, and what checks others of its kind. */
interface ExperimentKind<C extends AnyConfig> {
  readonly shipped: C;
  parse(value: unknown): C;
}

type Fields = Record<string, unknown>;

/** Sets the field that `change`, `a.b=value`, names; the value is read as YAML. Throws ConfigError when it names none. */
function applyChange(config: Fields, change: string): void {
  const at = change.indexOf("=");
  if (at < 1) throw new ConfigError(`--set ${change}: it must be FIELD=VALUE, such as data.tasks=50`);
  const path = change.slice(0, at).split(".");
  const last = path.pop() as string;
  let target: Fields = config;
  for (const key of path) {
    target[key] ??= {};
    if (typeof target[key] !== "object") throw new ConfigError(`--set ${change}: ${key} holds a value, not fields`);
    target = target[key] as Fields;
  }
  try {
    target[last] = parseYaml(change.slice(at + 1));
  } catch (error) {
    throw new ConfigError(`--set ${change}: ${firstLine(error)}`);
  }
}

/** The methods of those names among `known`, each with the options that it has there; one that is not among them as it is named. */
function methodsNamed(known: unknown, texts: readonly string[]): unknown[] {
  const names = texts.flatMap((text) => text.split(",")).map((name) => name.trim());
  const nameOf = (choice: unknown) => (typeof choice === "object" ? (choice as Fields | null)?.method : choice);
  return names.flatMap((name) => {
    const own = Array.isArray(known) ? known.filter((choice) => nameOf(choice) === name) : [];
    return own.length > 0 ? own : [name];
  });
}

async function readYaml(path: string): Promise<unknown> {
  const text = Buffer.from(await readInputFile(path)).toString("utf8");
  return inFile(path, () => parseYaml(text));
}

function inFile<T>(source: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new DataError(firstLine(error), { source }, { cause: error });
  }
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split("\n")[0] as string;
