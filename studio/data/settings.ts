import { type ComputeDevice, DEVICES } from "../worker/devices.ts";
import { EXAMPLES, type ExampleName } from "./examples.ts";
import { EFFORTS, type Effort, type FitRequest } from "./fit-request.ts";

/** What the address keeps of the data tab; tables themselves are never in it. */
export interface DataSettings extends FitRequest {
  readonly example: ExampleName | undefined;
}

const DEFAULTS: DataSettings = { latentDim: 4, effort: "quick", seed: 0, device: "cpu", example: undefined };

/** Settings out of an address; whatever is missing or unknown is the default. */
export function dataSettingsFrom(parameters: URLSearchParams): DataSettings {
  const whole = (name: string, least: number, usual: number) => {
    const value = Number(parameters.get(name) ?? Number.NaN);
    return Number.isInteger(value) && value >= least ? value : usual;
  };
  const text = (name: string) => parameters.get(name) ?? "";
  const [effort, device, example] = [text("effort"), text("device"), text("example")];
  return {
    latentDim: parameters.get("latents") === "auto" ? "auto" : whole("latents", 1, DEFAULTS.latentDim as number),
    effort: Object.hasOwn(EFFORTS, effort) ? (effort as Effort) : DEFAULTS.effort,
    seed: whole("seed", 0, DEFAULTS.seed),
    device: Object.hasOwn(DEVICES, device) ? (device as ComputeDevice) : DEFAULTS.device,
    example: Object.hasOwn(EXAMPLES, example) ? (example as ExampleName) : undefined,
  };
}

/** The settings as an address has them: only what is not the default. */
export function dataParametersOf({ latentDim, effort, seed, device, example }: DataSettings): URLSearchParams {
  const entries: [string, string, string][] = [
    ["example", example ?? "", ""],
    ["latents", String(latentDim), String(DEFAULTS.latentDim)],
    ["effort", effort, DEFAULTS.effort],
    ["seed", String(seed), String(DEFAULTS.seed)],
    ["device", device, DEFAULTS.device],
  ];
  return new URLSearchParams(
    entries.filter(([, value, usual]) => value !== usual).map(([name, value]) => [name, value]),
  );
}
