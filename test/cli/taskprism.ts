import { type ChildProcess, type ChildProcessWithoutNullStreams, execFile, fork, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const warmProcess = fileURLToPath(new URL("./warm-process.mjs", import.meta.url));

/** How a command ended and what it printed. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

let warm: ChildProcess | undefined;
let before: Promise<unknown> = Promise.resolve();

/**
 * Runs the built command line, `npm run build` having been run, in the folder `cwd`. The commands of a test file follow each
 * other in one process, which has loaded the program once; `afresh` is for those that must not know of each other.
 */
export function taskprism(cwd: string, ...args: string[]): Promise<Outcome> {
  const outcome = before.then(() => runWarm(cwd, args));
  before = outcome.catch(() => undefined);
  return outcome;
}

function runWarm(cwd: string, args: readonly string[]): Promise<Outcome> {
  warm ??= startWarm();
  const child = warm;
  return new Promise((resolve, reject) => {
    const ended = (code: number | null, signal: string | null) =>
      reject(new Error(`taskprism ${args.join(" ")}: its process ended (${code ?? signal})`));
    child.once("exit", ended);
    child.once("message", (outcome: Outcome) => {
      child.off("exit", ended);
      resolve(outcome);
    });
    child.send({ cwd, args });
  });
}

/** A process that takes commands until this one ends. */
function startWarm(): ChildProcess {
  const child = fork(warmProcess, { stdio: "ignore" });
  child.on("exit", () => {
    warm = undefined;
  });
  // It is no reason for the tests' own process to stay.
  child.unref();
  child.channel?.unref();
  return child;
}

/** Runs the built command line as a shell does: in a process of its own. */
export function afresh(cwd: string, ...args: string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { cwd, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

/** Starts a command without waiting for it. */
export function start(cwd: string, ...args: string[]): ChildProcess {
  return spawn(process.execPath, [main, ...args], { cwd, stdio: "ignore" });
}

/** Starts a command whose output is read through pipes. */
export function piped(cwd: string, ...args: string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [main, ...args], { cwd });
}

/** A new empty folder, removed by `dispose`. */
export function temporaryFolder(): { path: string; dispose: () => void } {
  const path = mkdtempSync(join(tmpdir(), "taskprism-"));
  const dispose = () => {
    warm?.disconnect();
    rmSync(path, { recursive: true, force: true });
  };
  return { path, dispose };
}
