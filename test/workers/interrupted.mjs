// A program that waits for long jobs in two processes, prints the processes, and stops at Ctrl-C.
import { runJobs } from "../../dist/node/index.js";

const controller = new AbortController();
process.once("SIGINT", () => controller.abort());
const task = { module: new URL("./jobs.mjs", import.meta.url), name: "echo" };
const jobs = [0, 0, 60_000, 60_000].map((wait) => ({ wait: wait || 200, value: wait }));
try {
  for await (const { result } of runJobs(task, jobs, { workers: 2, signal: controller.signal })) {
    process.stdout.write(`${result.pid}\n`);
  }
} catch (error) {
  process.stdout.write(`${error.name}\n`);
}
