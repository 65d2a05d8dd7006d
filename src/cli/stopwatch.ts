/** Seconds since an earlier `performance.now()`. */
export function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}

/** Time spent in each stage, from entering it to entering another or asking. */
export class Stopwatch {
  readonly #seconds = new Map<string, number>();
  #stage = "";
  #since = performance.now();

  enter(stage: string): void {
    this.#seconds.set(this.#stage, this.seconds(this.#stage));
    this.#stage = stage;
    this.#since = performance.now();
  }

  seconds(stage: string): number {
    return (this.#seconds.get(stage) ?? 0) + (stage === this.#stage ? secondsSince(this.#since) : 0);
  }
}
