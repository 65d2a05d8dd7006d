import cliProgress from "cli-progress";

/** Where a long command stands: `total` steps of one phase, `done` of them made, and a few words about them. */
export interface ProgressUpdate {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly detail: string;
}

/** Shows progress on stderr: a bar on a terminal, a line every tenth elsewhere, nothing when quiet. */
export interface Progress {
  update(state: ProgressUpdate): void;
  /** One line for the reader, above the bar. */
  note(text: string): void;
  stop(): void;
}

const REDRAW_MS = 100;

/** Progress for one command. */
export function createProgress(quiet: boolean): Progress {
  if (quiet) return { update() {}, note() {}, stop() {} };
  return process.stderr.isTTY ? terminalBar() : plainLines();
}

function terminalBar(): Progress {
  const bar = new cliProgress.SingleBar(
    {
      format: "{phase} {bar} {percentage} % | {detail} | {remaining}",
      hideCursor: true,
      clearOnComplete: true,
      stopOnComplete: false,
      fps: 10,
    },
    cliProgress.Presets.shades_classic,
  );
  let phase = "";
  let since = 0;
  let drawn = 0;
  return {
    update(state) {
      const now = Date.now();
      if (state.phase !== phase) {
        if (phase !== "") bar.stop();
        bar.start(state.total, 0, { phase: state.phase, detail: state.detail, remaining: "" });
        phase = state.phase;
        since = now;
      } else if (now - drawn < REDRAW_MS && state.done < state.total) {
        return;
      }
      drawn = now;
      bar.setTotal(state.total);
      bar.update(state.done, { detail: state.detail, remaining: timeLeft(now - since, state) });
    },
    note(text) {
      if (phase !== "") bar.stop();
      phase = "";
      process.stderr.write(`${text}\n`);
    },
    stop() {
      if (phase !== "") bar.stop();
      phase = "";
    },
  };
}

function plainLines(): Progress {
  let phase = "";
  let tenth = -1;
  let since = 0;
  return {
    update(state) {
      const now = Date.now();
      if (state.phase !== phase) {
        phase = state.phase;
        tenth = 0;
        since = now;
      }
      const reached = Math.floor((10 * state.done) / state.total);
      if (reached <= tenth) return;
      tenth = reached;
      process.stderr.write(`${phase}: ${10 * reached} % | ${state.detail} | ${timeLeft(now - since, state)}\n`);
    },
    note: (text) => void process.stderr.write(`${text}\n`),
    stop() {},
  };
}

function timeLeft(elapsedMs: number, { done, total }: ProgressUpdate): string {
  if (done >= total) return `${duration(elapsedMs / 1000)} in all`;
  return done === 0 ? "" : `${duration((elapsedMs * (total - done)) / done / 1000)} left`;
}

/** Seconds as people say them: `4 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  const s = Math.round(seconds);
  if (s < 60) return `${s} s`;
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`;
  return `${Math.floor(s / 3600)} h ${Math.round((s % 3600) / 60)} min`;
}
