import { type ComputeDevice, DEVICES } from "../worker/devices.ts";
import { EFFORTS, type Effort, type FitRequest, latentDimAdvice } from "./fit-request.ts";

interface Props {
  readonly request: FitRequest;
  readonly change: (request: FitRequest) => void;
  /** Number of targets; null where it is the number of different tasks. */
  readonly targets: number | null;
  readonly isRunning: boolean;
  readonly begin: () => void;
}

/** How many latents, how long, which seed; and the button that begins. */
export function FitForm({ request, change, targets, isRunning, begin }: Props) {
  const advice =
    targets === null
      ? "At most as many latents as there are tasks; half of them is far more than enough. “Automatic” lets held-out rows choose."
      : latentDimAdvice(targets).text;
  return (
    <form
      class="fit-form"
      onSubmit={(event) => {
        event.preventDefault();
        begin();
      }}
    >
      <h2>How to fit</h2>
      <div class="fields">
        <label>
          <span>Latents d</span>
          <input
            type="number"
            min={1}
            max={64}
            value={request.latentDim === "auto" ? "" : request.latentDim}
            placeholder="auto"
            disabled={request.latentDim === "auto"}
            onInput={({ currentTarget }) => change({ ...request, latentDim: Math.max(1, Number(currentTarget.value)) })}
          />
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={request.latentDim === "auto"}
            onChange={({ currentTarget }) =>
              change({ ...request, latentDim: currentTarget.checked ? "auto" : latentDimAdvice(targets ?? 8).start })
            }
          />{" "}
          Automatic
        </label>
        <label>
          <span>Training</span>
          <select
            value={request.effort}
            onChange={({ currentTarget }) => change({ ...request, effort: currentTarget.value as Effort })}
          >
            {(Object.keys(EFFORTS) as Effort[]).map((effort) => (
              <option key={effort} value={effort}>
                {EFFORTS[effort].label}
              </option>
            ))}
          </select>
        </label>
        <label>
          <span>Seed</span>
          <input
            type="number"
            min={0}
            max={9999}
            value={request.seed}
            onInput={({ currentTarget }) =>
              change({ ...request, seed: Math.max(0, Math.round(Number(currentTarget.value))) })
            }
          />
        </label>
        <label>
          <span>Computed by</span>
          <select
            value={request.device}
            onChange={({ currentTarget }) => change({ ...request, device: currentTarget.value as ComputeDevice })}
          >
            {(Object.keys(DEVICES) as ComputeDevice[]).map((device) => (
              <option key={device} value={device}>
                {DEVICES[device]}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="main" disabled={isRunning}>
          Fit
        </button>
      </div>
      <p class="note">{advice}</p>
    </form>
  );
}
