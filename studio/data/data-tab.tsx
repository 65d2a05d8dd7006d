import { proxy, type Remote } from "comlink";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { columnsKey, compactRoles, rolesFrom } from "../tables/compact-roles.ts";
import type { Roles } from "../tables/roles.ts";
import { openWorker } from "../worker/open-worker.ts";
import { ColumnPicker } from "./column-picker.tsx";
import { EXAMPLES, type ExampleName } from "./examples.ts";
import { FileDrop } from "./file-drop.tsx";
import { FitForm } from "./fit-form.tsx";
import { latentDimAdvice } from "./fit-request.ts";
import { RunView } from "./run-view.tsx";
import type { ChangeSettings, DataSettings } from "./settings.ts";
import type { RunSummary, TableSummary } from "./summary.ts";
import type { TrainingEvent } from "./training.ts";
import { type Training, TrainingView } from "./training-view.tsx";
import type { DataWorker } from "./worker.ts";

interface Props {
  readonly isShown: boolean;
  readonly settings: DataSettings;
  readonly change: ChangeSettings;
}

/** The user's own tables: choose columns, fit, explore, save. What fails leaves everything else as it was. */
export function DataTab({ isShown, settings, change }: Props) {
  const [table, setTable] = useState<TableSummary>();
  const [runs, setRuns] = useState<readonly RunSummary[]>([]);
  const [chosen, setChosen] = useState<number>();
  const [compared, setCompared] = useState<number>();
  const [training, setTraining] = useState<Training>();
  const [error, setError] = useState<string>();
  const held = useRef<Promise<Remote<DataWorker>>>(null);
  const [remote, setRemote] = useState<{ readonly worker: Remote<DataWorker> }>();
  const worker = () => {
    held.current ??= openWorker()
      .data()
      .then((opened) => {
        setRemote({ worker: opened });
        return opened;
      });
    return held.current;
  };

  const fail = (reason: unknown) => setError(reason instanceof Error ? reason.message : String(reason));
  const attempt = async (action: () => Promise<void>) => {
    setError(undefined);
    await action().catch(fail);
  };
  // What the address says of a table holds for every table with these columns.
  const roles = useMemo(() => table && rolesOf(table, settings), [table, settings.table, settings.roles]) ?? {};
  const setRoles = (chosen: Roles) => {
    if (table === undefined) return;
    const names = namesOf(table);
    const text = compactRoles(names, chosen);
    change((before) => ({ ...before, roles: text === compactRoles(names, table.roles) ? undefined : text }));
  };
  const show = (opened: TableSummary, isRestored = false) => {
    setTable(opened);
    const key = columnsKey(namesOf(opened));
    const example = exampleOf(opened);
    const latentDim = example ? 4 : latentDimAdvice(targetCount(opened, opened.roles) ?? 8).start;
    const anew = { latentDim, roles: undefined, target: undefined, brush: undefined };
    change((before) => ({ ...before, ...(isRestored || before.table === key ? {} : anew), table: key, example }));
  };
  const openExample = (name: ExampleName, isRestored = false) =>
    attempt(async () => show(await (await worker()).openExample(name), isRestored));
  const add = (run: RunSummary) => {
    setRuns((before) => [...before, run]);
    setChosen(run.id);
  };
  const open = (file: File) =>
    attempt(async () => {
      if (file.name.toLowerCase().endsWith(".safetensors")) add(await (await worker()).openModel(file));
      else show(await (await worker()).openTable(file));
    });
  const fitAs = (request: DataSettings, against?: number) =>
    attempt(async () => {
      const tell = ({ stage, progress, points, frames, computedBy }: TrainingEvent) =>
        setTraining((before) => ({
          stage,
          progress,
          points: [...(before?.points ?? []), ...points],
          frames: [...(before?.frames ?? []), ...frames],
          isPaused: before?.isPaused ?? false,
          computedBy: computedBy ?? before?.computedBy,
        }));
      setTraining({ stage: "train", progress: 0, points: [], frames: [], isPaused: false });
      try {
        const run = await (await worker()).fit(roles, request, proxy(tell));
        if (run) add(run);
        if (run) setCompared(against);
      } finally {
        setTraining(undefined);
      }
    });

  const again = (id: number) => {
    const next = { ...settings, seed: settings.seed + 1 };
    change((before) => ({ ...before, seed: next.seed }));
    return fitAs(next, id);
  };

  useEffect(() => {
    if (isShown && settings.example !== undefined && table === undefined) openExample(settings.example, true);
  }, [isShown]);

  const run = runs.find(({ id }) => id === chosen);
  const example = table && exampleOf(table);
  const pausing = (isPaused: boolean) => () => {
    setTraining((before) => before && { ...before, isPaused });
    return isPaused ? remote?.worker.pause() : remote?.worker.resume();
  };
  // Messages of a fit come ten times a second: what they do not concern is not drawn anew.
  const isFitting = training !== undefined;
  const picker = useMemo(() => table && <ColumnPicker table={table} roles={roles} change={setRoles} />, [table, roles]);
  const view = useMemo(
    () =>
      run &&
      remote && (
        <RunView
          worker={remote.worker}
          runs={runs}
          run={run}
          choose={setChosen}
          other={compared}
          compare={setCompared}
          again={table && !isFitting && run.hasRows ? () => again(run.id) : undefined}
          fail={fail}
          settings={settings}
          change={change}
        />
      ),
    [remote, run, runs, compared, table, roles, settings, isFitting],
  );
  return (
    <div class="data">
      <FileDrop open={open} disabled={isFitting} />
      <p class="examples">
        No table at hand? Take an example:{" "}
        {(Object.keys(EXAMPLES) as ExampleName[]).map((name) => (
          <button key={name} type="button" disabled={isFitting} onClick={() => openExample(name)}>
            {EXAMPLES[name].label}
          </button>
        ))}
      </p>
      {example && <p class="note">{EXAMPLES[example].about}</p>}
      {error !== undefined && (
        <p role="alert" class="error">
          {error}
        </p>
      )}
      {picker}
      {table && (
        <FitForm
          request={settings}
          change={(request) => change((before) => ({ ...before, ...request }))}
          targets={targetCount(table, roles)}
          isRunning={isFitting}
          begin={() => fitAs(settings)}
        />
      )}
      {training && (
        <TrainingView
          training={training}
          pause={pausing(true)}
          resume={pausing(false)}
          stop={() => remote?.worker.stop()}
          discard={() => remote?.worker.discard()}
        />
      )}
      {view}
    </div>
  );
}

const namesOf = ({ columns }: TableSummary) => columns.map(({ name }) => name);

/** The roles that the address keeps for these columns, else those that their names suggest. */
function rolesOf(table: TableSummary, { table: key, roles }: DataSettings): Roles {
  const names = namesOf(table);
  const kept = key === columnsKey(names) && roles !== undefined ? rolesFrom(roles, names) : undefined;
  return kept ?? table.roles;
}

/** How many targets there are; null where a column says which task a row belongs to. */
function targetCount({ columns }: TableSummary, roles: Roles): number | null {
  const withRole = (role: string) => columns.filter(({ name }) => roles[name] === role).length;
  return withRole("task") > 0 ? null : withRole("target");
}

const exampleOf = ({ source }: TableSummary) =>
  (Object.keys(EXAMPLES) as ExampleName[]).find((name) => source === `example ${name}`);
