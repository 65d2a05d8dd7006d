import { proxy, type Remote } from "comlink";
import { useEffect, useRef, useState } from "preact/hooks";
import { ChartFigure } from "../charts/chart-figure.tsx";
import type { RenderedChart } from "../charts/rendered-chart.ts";
import { TrainingPlot } from "../charts/training-plot.tsx";
import type { Descent } from "../unmixing/recovery.ts";
import { UnmixingPlayer } from "../unmixing/unmixing-player.tsx";
import { openWorker } from "../worker/open-worker.ts";
import { Controls } from "./controls.tsx";
import { Scores } from "./scores.tsx";
import { type PlaygroundSettings, parametersOf } from "./settings.ts";
import type { LossPoint, PlaygroundEvent, PlaygroundResult, PlaygroundWorker } from "./worker.ts";

/** What is known of the run that is shown. */
interface Run {
  readonly id: number;
  readonly nullLine?: number;
  readonly size?: string;
  readonly progress?: number;
  readonly points: readonly LossPoint[];
  readonly descents: readonly Descent[];
  readonly result?: PlaygroundResult;
  readonly charts: readonly RenderedChart[];
  readonly error?: string;
}

interface Props {
  readonly isShown: boolean;
  readonly settings: PlaygroundSettings;
  readonly change: (to: PlaygroundSettings) => void;
}

const EMPTY: Omit<Run, "id"> = { points: [], descents: [], charts: [] };

/** Milliseconds without a change of settings before they are fitted. */
const PATIENCE = 250;

/** Generated data, where truth can be laid beside what was found. */
export function Playground({ isShown, settings, change }: Props) {
  const [run, setRun] = useState<Run>({ id: 0, ...EMPTY });
  const worker = useRef<Promise<Remote<PlaygroundWorker>>>(null);
  const count = useRef(0);
  const fitted = useRef<string>(null);
  const asked = parametersOf(settings).toString();

  useEffect(() => {
    if (!isShown || fitted.current === asked) return;
    const timer = setTimeout(
      () => {
        fitted.current = asked;
        worker.current ??= openWorker().playground();
        const id = ++count.current;
        const tell = (event: PlaygroundEvent) => {
          if (id === count.current) setRun((before) => after(before.id === id ? before : { id, ...EMPTY }, event));
        };
        worker.current
          .then((remote) => remote.run(settings, proxy(tell)))
          .catch((error: unknown) => {
            if (id === count.current)
              setRun({ id, ...EMPTY, error: error instanceof Error ? error.message : String(error) });
          });
      },
      count.current === 0 ? 0 : PATIENCE,
    );
    return () => clearTimeout(timer);
  }, [isShown, asked]);

  const { points, descents, result, charts, progress, error } = run;
  return (
    <div class="tab playground">
      <Controls settings={settings} change={change} />
      <div class="results" aria-busy={result === undefined && error === undefined}>
        <p class="intro">
          Data are made here by the paper’s recipe: latents cause each task’s target, or are its effects, and only a
          mixture of them is seen. Stage 2 finds them again without the truth. Break an assumption and see what the
          certificate says.
        </p>
        {error !== undefined && (
          <p role="alert" class="error">
            {error}
          </p>
        )}
        <Scores result={result} nullLine={run.nullLine} size={run.size} />
        {settings.kind === "nonlinear" && (
          <section>
            <h2>Stage 1: a network learns the targets</h2>
            {result === undefined && <progress max={1} value={progress ?? 0} aria-label="Training" />}
            <TrainingPlot points={points} />
          </section>
        )}
        <section>
          <h2>Stage 2: the latents rotate into place</h2>
          <p class="note">
            Each cell is the correlation of a latent, as stage 2 has it at that moment, with a true one: 0 is the
            ground, 1 full colour. A clean diagonal is full recovery. There are several descents, since one alone may
            end in a wrong optimum.
          </p>
          <UnmixingPlayer key={run.id} reference="true" descents={descents} isDone={result !== undefined} />
        </section>
        {charts.length > 0 && (
          <section>
            <h2>Charts</h2>
            {charts.map((chart) => (
              <ChartFigure key={chart.id} chart={chart} prefix="playground-" />
            ))}
          </section>
        )}
      </div>
    </div>
  );
}

function after(run: Run, event: PlaygroundEvent): Run {
  switch (event.kind) {
    case "generated":
      return {
        ...run,
        nullLine: event.nullLine,
        size: `${event.rows.toLocaleString("en")} rows, ${event.columns} columns`,
      };
    case "training":
      return { ...run, progress: event.step / event.steps, points: [...run.points, ...event.points] };
    case "descent":
      return { ...run, descents: [...run.descents, event.descent] };
    case "result":
      return { ...run, result: event };
    case "chart":
      return { ...run, charts: [...run.charts, event.chart] };
  }
}
