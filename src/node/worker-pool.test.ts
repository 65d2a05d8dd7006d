import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ConfigError, DataError } from "../errors.ts";
import { WorkerError } from "./worker-error.ts";
import { type PoolOptions, runJobs, settleJobs, workerCount } from "./worker-pool.ts";

const module = new URL("../../test/workers/jobs.mjs", import.meta.url);
const task = (name: string) => ({ module, name });

async function collect<Result>(name: string, jobs: readonly object[], options: PoolOptions = {}) {
  const results: { index: number; result: Result }[] = [];
  for await (const result of runJobs<object, Result>(task(name), jobs, options)) results.push(result);
  return results;
}

/** Whether a process is still there. A process killed a moment ago may be a zombie until it is reaped; give it that. */
async function isGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 50; attempt++) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

type Echo = { value: unknown; pid: number };

describe("results", () => {
  it("come as they are ready, each with the index of its job, from several processes", async () => {
    // The other jobs together wait a quarter of what the first does; starting processes takes tens of milliseconds.
    const jobs = Array.from({ length: 6 }, (_, k) => ({ wait: k === 0 ? 4000 : 200, value: k * k }));
    const results = await collect<Echo>("echo", jobs, { workers: 2 });
    expect(results.at(-1)?.index).toBe(0);
    expect(results.map(({ index }) => index).sort()).toEqual([0, 1, 2, 3, 4, 5]);
    for (const { index, result } of results) expect(result.value).toBe(index * index);
    expect(new Set(results.map(({ result }) => result.pid)).size).toBe(2);
  });

  it("keep typed arrays, NaN and infinities", async () => {
    const value = { x: Float64Array.of(1, Number.NaN, Number.POSITIVE_INFINITY), n: Int32Array.of(-3) };
    const [only] = await collect<Echo>("echo", [{ value }], { workers: 1 });
    expect(only?.result.value).toEqual(value);
  });

  it("are none where there are no jobs", async () => {
    expect(await collect("echo", [])).toEqual([]);
  });

  it("come from ONNX Runtime in every process", async () => {
    const results = await collect<Float32Array>("multiplyOnRuntime", [{ wait: 50 }, { wait: 50 }], { workers: 2 });
    for (const { result } of results) expect(result).toEqual(Float32Array.of(64, 64, 64));
  });
});

describe("shared data", () => {
  it("reach every process, and most once only", async () => {
    const shared = { values: Float64Array.of(1, 2, 3) };
    const jobs = Array.from({ length: 20 }, (_, k) => ({ factor: k, wait: 20 }));
    const results = await collect<{ copies: number; sum: number }>("useShared", jobs, { workers: 2, shared });
    for (const { index, result } of results) expect(result.sum).toBe(6 * index);
    // Two processes may both ask and one of them be given both answers: 3 copies at most, where every job has one in 20.
    expect(Math.max(...results.map(({ result }) => result.copies))).toBeLessThanOrEqual(3);
  });
});

describe("settled jobs", () => {
  it.each([
    ["config", /latentDim must be at least 1/],
    ["killed", /job 3 got no answer from its process/],
  ])("go on past one that fails (%s)", async (how, message) => {
    const jobs = [0, 1, 2, 3, 4, 5].map((value) => ({ value, fails: 2, how }));
    const settled = [];
    for await (const outcome of settleJobs<object, number>(task("fail"), jobs, { workers: 2 })) settled.push(outcome);
    settled.sort((a, b) => a.index - b.index);
    expect(settled.map((outcome) => ("error" in outcome ? "failed" : outcome.result))).toEqual([
      0,
      1,
      "failed",
      3,
      4,
      5,
    ]);
    const failed = settled[2];
    expect(failed && "error" in failed && failed.error.message).toMatch(message);
  });
});

describe("a failure", () => {
  const jobs = (how: string) => [0, 1, 2, 3].map((value) => ({ value, fails: 2, how }));
  const failure = (how: string) =>
    collect("fail", jobs(how), { workers: 2 }).then(
      () => undefined,
      (error) => error,
    );

  it("is the job's own error, with its class, code and place", async () => {
    const config = await failure("config");
    expect(config).toBeInstanceOf(ConfigError);
    expect([config.code, config.message]).toEqual(["CONFIG", "latentDim must be at least 1, got 0"]);
    const data = await failure("data");
    expect(data).toBeInstanceOf(DataError);
    expect(data.message).toBe("a.csv, row 3, column 'x': not a number");
    expect(data.location).toEqual({ source: "a.csv", row: 3, column: "x" });
  });

  it("of a foreign class, and a process that dies, become a WorkerError of one line", async () => {
    const foreign = await failure("foreign");
    expect([foreign.code, foreign.message]).toEqual(["WORKER", "RangeError: Invalid array length"]);
    const crash = await failure("crash");
    expect(crash).toBeInstanceOf(WorkerError);
    expect(crash.message).toMatch(/^job 3 got no answer from its process: [^\n]+$/);
  });

  it("names a function or module that is not there, and a job that cannot be sent", async () => {
    await expect(collect("nonesuch", [{}])).rejects.toThrow(/has no function 'nonesuch'/);
    await expect(collect("echo", [{ value: () => 1 }])).rejects.toThrow(/job 1 got no answer.*could not be cloned/);
  });
});

describe("no process is left behind", () => {
  const long = [{ wait: 1 }, { wait: 1 }, { wait: 60_000 }, { wait: 60_000 }];

  it("after an abort, which ends even jobs on ONNX Runtime at once, with the signal's reason", async () => {
    const pids: number[] = [];
    const controller = new AbortController();
    const reason = new ConfigError("enough");
    const run = async () => {
      for await (const { result } of runJobs<object, Echo>(task("echo"), long, {
        workers: 2,
        signal: controller.signal,
      })) {
        pids.push(result.pid);
        if (pids.length === 2) controller.abort(reason);
      }
    };
    await expect(run()).rejects.toBe(reason);
    expect(await Promise.all(pids.map(isGone))).toEqual([true, true]);

    const onRuntime = collect("multiplyOnRuntime", [{ wait: 60_000 }], { signal: AbortSignal.timeout(1500) });
    await expect(onRuntime).rejects.toThrow(/timeout/);
    await expect(collect("echo", long, { signal: controller.signal })).rejects.toBe(reason);
  });

  it("after leaving the loop", async () => {
    let pid = 0;
    for await (const { result } of runJobs<object, Echo>(task("echo"), long, { workers: 2 })) {
      pid = result.pid;
      break;
    }
    expect(await isGone(pid)).toBe(true);
  });

  it.skipIf(process.platform === "win32")("after Ctrl-C in a terminal, which all its processes receive", async () => {
    const script = fileURLToPath(new URL("../../test/workers/interrupted.mjs", import.meta.url));
    const program = spawn(process.execPath, [script], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
    let printed = "";
    program.stdout.on("data", (chunk) => {
      printed += chunk;
      if (printed.split("\n").length === 3) process.kill(-Number(program.pid), "SIGINT");
    });
    await new Promise((resolve) => program.on("close", resolve));
    const lines = printed.trim().split("\n");
    expect(lines.at(-1)).toBe("AbortError");
    expect(await Promise.all(lines.slice(0, 2).map((pid) => isGone(Number(pid))))).toEqual([true, true]);
  });
});

describe("workerCount", () => {
  it("is bounded by jobs, request and free memory, and is one at least", () => {
    expect(workerCount(100, { workers: 8 })).toBe(8);
    expect(workerCount(3, { workers: 8 })).toBe(3);
    expect(workerCount(100, { workers: 8, memoryPerJob: 1e9 }, 5e9)).toBe(4);
    expect(workerCount(100, { workers: 8, memoryPerJob: 9e9 }, 5e9)).toBe(1);
  });

  it("refuses numbers that make no sense", () => {
    expect(() => workerCount(1, { workers: 0 })).toThrow(ConfigError);
    expect(() => workerCount(1, { memoryPerJob: 0 })).toThrow(/memoryPerJob/);
  });
});
