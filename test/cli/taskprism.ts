import { type ChildProcess, type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const main = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));

/** How a command ended and what it printed. */
export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line, `npm run build` having been run, in the folder `cwd`. */
export function taskprism(cwd: string, ...args: string[]): Promise<Outcome> {
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
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}
