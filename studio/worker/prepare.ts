import { z } from "zod";

/** Readies a worker for the content security policy: schemas are checked without `eval`. */
export function prepareWorker(): void {
  z.config({ jitless: true });
}

/** Lets the messages that wait for this worker be handled: pause, stop, a newer request. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
