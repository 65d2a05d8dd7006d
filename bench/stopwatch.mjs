/**
 * Starts a clock; calling the result gives the seconds since, by the wall and by the processor. The processor's count
 * every thread of this process, and other processes' load moves them less.
 */
export function stopwatch() {
  const wall = performance.now();
  const cpu = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(cpu);
    return { seconds: (performance.now() - wall) / 1e3, cpuSeconds: (user + system) / 1e6 };
  };
}

/** The middle value, or the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Medians of wall and processor seconds, each by itself. */
export function medianTiming(timings) {
  return {
    seconds: median(timings.map(({ seconds }) => seconds)),
    cpuSeconds: median(timings.map(({ cpuSeconds }) => cpuSeconds)),
  };
}
