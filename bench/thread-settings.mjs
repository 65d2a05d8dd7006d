/**
 * The faster of two timings, of one thread and of two, and the other one, each with how many threads it had. One that is missing
 * is the slower.
 */
export function fasterSetting(one, two) {
  const settings = [
    { threads: "1 thread", timing: one },
    { threads: "2 threads", timing: two },
  ];
  const [faster, others] = two.seconds < one.seconds ? settings.reverse() : settings;
  return { ...faster, others };
}
