import { proxy, type Remote } from "comlink";
import { useEffect, useState } from "preact/hooks";
import { ChartFigure } from "../charts/chart-figure.tsx";
import type { RenderedChart } from "../charts/rendered-chart.ts";
import type { Descent } from "../unmixing/recovery.ts";
import { UnmixingPlayer } from "../unmixing/unmixing-player.tsx";
import { LatentBrush } from "./latent-brush.tsx";
import { saveFile } from "./save.ts";
import type { ChangeSettings, DataSettings } from "./settings.ts";
import type { DrawnSection, ReportPart, RunSummary } from "./summary.ts";
import { TargetDetail } from "./target-detail.tsx";
import type { DataWorker } from "./worker.ts";

interface Props {
  readonly worker: Remote<DataWorker>;
  readonly runs: readonly RunSummary[];
  readonly run: RunSummary;
  readonly choose: (id: number) => void;
  /** The run that it is compared with, if any. */
  readonly other: number | undefined;
  readonly compare: (id: number | undefined) => void;
  /** Fits the same with the next seed; undefined while that is not possible. */
  readonly again: (() => void) | undefined;
  readonly fail: (error: unknown) => void;
  /** What is looked at: the target, from 0, and the brush. */
  readonly settings: DataSettings;
  readonly change: ChangeSettings;
}

/** A run to explore and to save, compared with another one if there is one of the same kind. */
export function RunView({ worker, runs, run, choose, other, compare, again, fail, settings, change }: Props) {
  const [summary, setSummary] = useState<readonly string[]>();
  const [sections, setSections] = useState<readonly DrawnSection[]>([]);
  const [isComplete, setComplete] = useState(false);
  const [descents, setDescents] = useState<readonly Descent[]>([]);
  const target = (settings.target ?? 0) < run.targets.length ? (settings.target ?? 0) : 0;
  const setTarget = (chosen: number) => change((before) => ({ ...before, target: chosen }));
  const partners = runs.filter((candidate) => candidate.id !== run.id && comparable(candidate, run));
  const partner = partners.find(({ id }) => id === other);
  const ids = partner === undefined ? [run.id] : [run.id, partner.id];

  useEffect(() => {
    let isCurrent = true;
    const tell = (part: ReportPart) => {
      if (!isCurrent) return;
      if ("end" in part) return setComplete(true);
      if ("section" in part) return setSections((before) => [...before, { ...part.section, charts: [] }]);
      if ("chart" in part) return setSections((before) => withChart(before, part.of, part.chart));
      setSummary(part.summary);
      setSections([]);
      setComplete(false);
    };
    worker.report(ids, proxy(tell)).catch(fail);
    return () => {
      isCurrent = false;
    };
  }, [ids.join()]);
  useEffect(() => {
    let isCurrent = true;
    worker.descents(run.id).then((got) => isCurrent && setDescents(got), fail);
    return () => {
      isCurrent = false;
    };
  }, [run.id]);

  const save = (make: () => Promise<void>) => make().catch(fail);
  const clicked = (event: MouseEvent) => {
    const label =
      event.target instanceof Element ? event.target.closest("[aria-label]")?.getAttribute("aria-label") : "";
    const found = run.targets.findIndex((name) => label?.startsWith(`${name}, z`) || label?.startsWith(`${name}: `));
    if (found >= 0) setTarget(found);
  };
  return (
    <section class="run" aria-label="Result" aria-busy={!isComplete}>
      <h2>Result</h2>
      <div class="fields">
        {runs.length > 1 && (
          <label>
            Run{" "}
            <select value={run.id} onChange={({ currentTarget }) => choose(Number(currentTarget.value))}>
              {runs.map(({ id, name }) => (
                <option key={id} value={id}>
                  {id + 1}: {name}
                </option>
              ))}
            </select>
          </label>
        )}
        {partners.length > 0 && (
          <label>
            Compare with{" "}
            <select
              value={partner?.id ?? ""}
              onChange={({ currentTarget }) =>
                compare(currentTarget.value === "" ? undefined : Number(currentTarget.value))
              }
            >
              <option value="">nothing</option>
              {partners.map(({ id, name }) => (
                <option key={id} value={id}>
                  {id + 1}: {name}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      <div class="buttons">
        <button
          type="button"
          onClick={() =>
            save(async () => saveFile(await worker.modelFile(run.id), "model.safetensors", "application/octet-stream"))
          }
        >
          Save the model
        </button>
        <button
          type="button"
          disabled={!run.hasRows}
          onClick={() => save(async () => saveFile(await worker.latentsFile(run.id), "latents.csv", "text/csv"))}
        >
          Save the latents (CSV)
        </button>
        <button
          type="button"
          onClick={() => save(async () => saveFile(await worker.reportFile(ids), "report.html", "text/html"))}
        >
          Save the report (HTML)
        </button>
        <button type="button" disabled={again === undefined} onClick={again}>
          Fit another seed and compare
        </button>
      </div>
      {run.computedBy && <p class="note">Computed by {run.computedBy}.</p>}
      {summary === undefined ? (
        <p role="status">Drawing the charts …</p>
      ) : (
        // biome-ignore lint/a11y: the choice of targets is what the keyboard has; a click on a chart is the short way
        <div onClick={clicked}>
          <div class={`verdict ${run.modelHolds === null ? "waiting" : run.modelHolds ? "holds" : "fails"}`}>
            {summary.map((sentence) => (
              <p key={sentence}>{sentence}</p>
            ))}
          </div>
          {descents.length > 0 && (
            <section id="section-unmixing">
              <h2>How the latents came apart</h2>
              <p class="note">
                Stage 2 as it ran: each cell is the correlation of a latent, as it was at that moment, with one of those
                that it ended with. Each descent starts elsewhere; those that agree end on the diagonal.
              </p>
              <UnmixingPlayer key={run.id} reference="final" descents={descents} isDone />
            </section>
          )}
          {sections.map((section) => (
            <SectionView key={section.id} section={section}>
              {section.id === "targets" && <TargetDetail run={run} target={target} choose={setTarget} />}
              {section.id === "latents" && run.hasRows && run.latents > 1 && (
                <LatentBrush
                  key={run.id}
                  latents={run.latents}
                  scatter={(i, j) => worker.scatter(run.id, i, j)}
                  ask={(pair, brush) => worker.brushed(run.id, pair, brush)}
                  kept={settings.brush}
                  keep={(brush) => change((before) => ({ ...before, brush }))}
                />
              )}
            </SectionView>
          ))}
        </div>
      )}
    </section>
  );
}

/** Runs can be compared on the same rows with the same number of latents. */
const comparable = (a: RunSummary, b: RunSummary) =>
  a.hasRows && b.hasRows && a.latents === b.latents && a.targets.join() === b.targets.join();

const withChart = (sections: readonly DrawnSection[], id: string, chart: RenderedChart) =>
  sections.map((section) => (section.id === id ? { ...section, charts: [...section.charts, chart] } : section));

function SectionView({ section, children }: { section: DrawnSection; children: preact.ComponentChildren }) {
  const { id, title, text, charts, facts, runNames } = section;
  return (
    <section id={`section-${id}`}>
      <h2>{title}</h2>
      {text.map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      {children}
      {charts.map((chart) => (
        <ChartFigure key={chart.id} chart={chart} />
      ))}
      {facts.length > 0 && (
        <section class="numbers facts" tabIndex={0} aria-label={`${title}, facts`}>
          <table>
            {runNames && (
              <thead>
                <tr>
                  <th scope="col">fact</th>
                  {runNames.map((name) => (
                    <th key={name} scope="col">
                      {name}
                    </th>
                  ))}
                </tr>
              </thead>
            )}
            <tbody>
              {facts.map(([name, ...values]) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {values.map((value, k) => (
                    <td key={`run${k + 1}`}>{value}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </section>
  );
}
