// Jobs for the tests of the worker pool: plain JavaScript, since the processes run them without a compiler in between.
import { setTimeout as sleep } from "node:timers/promises";

/** Answers after `wait` milliseconds with what it was given, and the process that did it. */
export async function echo({ wait = 0, value }) {
  await sleep(wait);
  return { value, pid: process.pid };
}

const seen = new Set();

/** How many copies of the shared data this process has been sent so far, and their sum. */
export async function useShared({ factor, wait }, shared) {
  await sleep(wait);
  seen.add(shared);
  return { copies: seen.size, sum: factor * shared.values.reduce((sum, value) => sum + value, 0), pid: process.pid };
}

/** Fails on the job with the value `fails`, by throwing, or by ending the process as a crash would. */
export async function fail({ value, fails, how }) {
  if (value !== fails) return value;
  const { ConfigError, DataError } = await import("../../dist/index.js");
  if (how === "config") throw new ConfigError("latentDim must be at least 1, got 0");
  if (how === "data") throw new DataError("not a number", { source: "a.csv", row: 3, column: "x" });
  if (how === "foreign") throw new RangeError("Invalid array length");
  process.kill(process.pid, "SIGKILL");
  await sleep(60_000);
}

/** Multiplies matrices on ONNX Runtime until `wait` milliseconds are over. */
export async function multiplyOnRuntime({ wait }) {
  const { input } = await import("../../dist/graph/tensor.js");
  const { matmul } = await import("../../dist/graph/matmul.js");
  const { compile } = await import("../../dist/runtime/session.js");
  const x = input("x", "float32", [64, 64]);
  const session = await compile({ inputs: [x], outputs: { y: matmul(x, x) } });
  const ones = new Float32Array(64 * 64).fill(1);
  const end = performance.now() + wait;
  for (;;) {
    const { y } = await session.run({ x: ones });
    if (performance.now() >= end) return y.subarray(0, 3);
  }
}
