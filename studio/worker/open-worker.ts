import { type Remote, wrap } from "comlink";
import type { Tabs } from "./tabs.ts";

/** Starts a worker of its own for a tab: what one computes keeps the other waiting for nothing. */
export function openWorker(): Remote<Tabs> {
  return wrap<Tabs>(new Worker(new URL("./tabs.ts", import.meta.url), { type: "module" }));
}
