/** Runs a generator of steps to its end and returns its result. */
export function finish<Step, Result>(steps: Generator<Step, Result>): Result {
  let next = steps.next();
  while (next.done !== true) next = steps.next();
  return next.value;
}

/** The same steps, each mapped; the result is passed on. */
export function* mapSteps<Step, Result>(
  steps: Generator<Step, Result>,
  map: (step: Step) => Step,
): Generator<Step, Result> {
  for (;;) {
    const next = steps.next();
    if (next.done === true) return next.value;
    yield map(next.value);
  }
}
