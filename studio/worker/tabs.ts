import { expose, proxy } from "comlink";
import { prepareWorker } from "./prepare.ts";

/** What a worker can do for each tab. One file for both, so that what they share, Vega and the runtime, is built and loaded once. */
const tabs = {
  playground: async () => proxy((await import("../playground/worker.ts")).playground),
  data: async () => proxy((await import("../data/worker.ts")).dataWorker),
};

prepareWorker();
export type Tabs = typeof tabs;
expose(tabs);
