import { type ComputeDevice, DEVICES } from "../worker/devices.ts";
import { type Brush, REACH, type WholeBrush } from "./brush.ts";
import { EXAMPLES, type ExampleName } from "./examples.ts";
import { EFFORTS, type Effort, type FitRequest } from "./fit-request.ts";

/** What the address keeps of the data tab; tables themselves are never in it, nor what their columns are called. */
export interface DataSettings extends FitRequest {
  readonly example: ExampleName | undefined;
  /** The table that the rest is about, by `columnsKey`: it holds for any file with the same columns. */
  readonly table?: string | undefined;
  /** Roles by `compactRoles`, where they are not those that the names suggest. */
  readonly roles?: string | undefined;
  /** The target that is looked at, from 0. */
  readonly target?: number | undefined;
  /** The latents and rows that are brushed. */
  readonly brush?: WholeBrush | undefined;
}

/** Changes settings, from what they are at that moment. */
export type ChangeSettings = (update: (before: DataSettings) => DataSettings) => void;

const DEFAULTS: DataSettings = { latentDim: 4, effort: "quick", seed: 0, device: "auto", example: undefined };

/** Settings out of an address; whatever is missing or unknown is the default. */
export function dataSettingsFrom(parameters: URLSearchParams): DataSettings {
  const whole = (name: string, least: number, usual: number | undefined) => {
    const value = Number(parameters.get(name) ?? Number.NaN);
    return Number.isInteger(value) && value >= least ? value : usual;
  };
  const text = (name: string) => parameters.get(name) ?? "";
  const [effort, device, example] = [text("effort"), text("device"), text("example")];
  const usual = DEFAULTS.latentDim as number;
  return {
    latentDim: parameters.get("latents") === "auto" ? "auto" : (whole("latents", 1, usual) ?? usual),
    effort: Object.hasOwn(EFFORTS, effort) ? (effort as Effort) : DEFAULTS.effort,
    seed: whole("seed", 0, DEFAULTS.seed) ?? DEFAULTS.seed,
    device: Object.hasOwn(DEVICES, device) ? (device as ComputeDevice) : DEFAULTS.device,
    example: Object.hasOwn(EXAMPLES, example) ? (example as ExampleName) : undefined,
    table: /^[0-9a-f]{8}$/.test(text("table")) ? text("table") : undefined,
    roles: text("roles") || undefined,
    target: whole("target", 0, undefined),
    brush: brushFrom(text("brush")),
  };
}

/** The settings as an address has them: only what is not the default. */
export function dataParametersOf(settings: DataSettings): URLSearchParams {
  const { latentDim, effort, seed, device, example, table = "", roles = "", target = "", brush } = settings;
  const entries: [string, string, string][] = [
    ["example", example ?? "", ""],
    ["latents", String(latentDim), String(DEFAULTS.latentDim)],
    ["effort", effort, DEFAULTS.effort],
    ["seed", String(seed), String(DEFAULTS.seed)],
    ["device", device, DEFAULTS.device],
    ["table", table, ""],
    ["roles", roles, ""],
    ["target", String(target), ""],
    ["brush", brush ? brushText(brush) : "", ""],
  ];
  return new URLSearchParams(
    entries.filter(([, value, usual]) => value !== usual).map(([name, value]) => [name, value]),
  );
}

/** Latents i and j and the four edges: "0_2_0.5_3.5_-3.5_3.5". */
const brushText = ({ pair, x, y }: WholeBrush) =>
  [...pair, ...[...x, ...y].map((edge) => Number(edge.toFixed(2)))].join("_");

function brushFrom(text: string): WholeBrush | undefined {
  const [i, j, ...edges] = text.split("_").map(Number) as [number, number, ...number[]];
  if (edges.length !== 4 || ![i, j].every((k) => Number.isInteger(k) && k >= 0)) return undefined;
  const [x0, x1, y0, y1] = edges as [number, number, number, number];
  const isInside = edges.every((edge) => Math.abs(edge) <= REACH);
  const brush: Brush = { x: [x0, x1], y: [y0, y1] };
  return isInside && x0 <= x1 && y0 <= y1 ? { pair: [i, j], ...brush } : undefined;
}
