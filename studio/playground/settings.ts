import type { LinearMixing } from "../../src/data/synthetic/mixing-matrix.ts";
import type { NoiseLaw } from "../../src/data/synthetic/noise.ts";

/** What the playground generates and fits. */
export interface PlaygroundSettings {
  /** "linear": stage 2 alone on linearly mixed latents; "nonlinear": both stages on columns made by a random network. */
  readonly kind: "linear" | "nonlinear";
  readonly latents: number;
  /** Causes of a task, at most `latents`. */
  readonly causes: number;
  readonly tasks: number;
  readonly rows: number;
  /** σ_t, standard deviation of a target given its causes; drawn between this and one more. */
  readonly noise: number;
  readonly mixing: LinearMixing;
  readonly law: NoiseLaw;
  /** Correlation of effects given the target. */
  readonly confounding: number;
  /** σo, of the representation or the columns. */
  readonly observation: number;
  /** Whether targets are dealt out anew among the rows, so that they say nothing. */
  readonly shuffled: boolean;
  readonly seed: number;
}

export const DEFAULTS: PlaygroundSettings = {
  kind: "linear",
  latents: 6,
  causes: 2,
  tasks: 60,
  rows: 100,
  noise: 2,
  mixing: "random",
  law: "gaussian",
  confounding: 0,
  observation: 0.01,
  shuffled: false,
  seed: 0,
};

/** Numbers that are set by a slider. */
export type Slider = "latents" | "causes" | "tasks" | "rows" | "noise" | "seed";

/** The sliders, with their ranges and what they say. */
export const SLIDERS: Readonly<
  Record<Slider, { readonly label: string; readonly min: number; readonly max: number; readonly step: number }>
> = {
  latents: { label: "Latents d", min: 2, max: 16, step: 1 },
  causes: { label: "Causes of a task k", min: 0, max: 8, step: 1 },
  tasks: { label: "Tasks T", min: 2, max: 240, step: 2 },
  rows: { label: "Rows of a task n", min: 20, max: 300, step: 10 },
  noise: { label: "Noise of the targets σ (sd)", min: 0, max: 6, step: 0.5 },
  seed: { label: "Seed", min: 0, max: 20, step: 1 },
};

/** An assumption that can be broken: what changes, and why it matters. */
export interface Breakage {
  readonly id: string;
  readonly label: string;
  readonly explanation: string;
  readonly change: Partial<PlaygroundSettings>;
}

export const BREAKAGES: readonly Breakage[] = [
  {
    id: "law",
    label: "Noise with heavy tails",
    explanation: "Laplace instead of Gaussian: the likelihood is wrong, its second moments are not.",
    change: { law: "laplace" },
  },
  {
    id: "confounding",
    label: "A hidden common cause",
    explanation: "Effects depend on each other given the target; the model says that they do not.",
    change: { confounding: 0.6 },
  },
  {
    id: "tasks",
    label: "Few tasks",
    explanation: "Latents differ over tasks by too little to be told apart.",
    change: { tasks: 4 },
  },
  {
    id: "observation",
    label: "Noise in what is observed",
    explanation: "σo = 0.5 on every observed column: latents drown in it.",
    change: { observation: 0.5 },
  },
  {
    id: "shuffled",
    label: "Targets that say nothing",
    explanation: "The targets of every task are shuffled among its rows.",
    change: { shuffled: true },
  },
];

/** Whether the settings have this assumption broken. */
export function isBroken(settings: PlaygroundSettings, { change }: Breakage): boolean {
  return Object.entries(change).every(([name, value]) => settings[name as keyof PlaygroundSettings] === value);
}

/** The settings with an assumption broken, or mended again. */
export function toggled(settings: PlaygroundSettings, breakage: Breakage): PlaygroundSettings {
  if (!isBroken(settings, breakage)) return { ...settings, ...breakage.change };
  const names = Object.keys(breakage.change) as (keyof PlaygroundSettings)[];
  return { ...settings, ...Object.fromEntries(names.map((name) => [name, DEFAULTS[name]])) };
}

const CHOICES: Readonly<Partial<Record<keyof PlaygroundSettings, readonly string[]>>> = {
  kind: ["linear", "nonlinear"],
  mixing: ["random", "orthogonal", "identity"],
  law: ["gaussian", "laplace", "student-t"],
};

/** Settings out of an address; whatever is missing, unknown or out of range is the default. */
export function settingsFrom(parameters: URLSearchParams): PlaygroundSettings {
  const entries = (Object.entries(DEFAULTS) as [keyof PlaygroundSettings, unknown][]).map(([name, usual]) => {
    const text = parameters.get(name);
    return [name, text === null ? usual : parsed(name, text, usual)] as const;
  });
  const settings = Object.fromEntries(entries) as unknown as PlaygroundSettings;
  return { ...settings, causes: Math.min(settings.causes, settings.latents) };
}

function parsed(name: keyof PlaygroundSettings, text: string, usual: unknown): unknown {
  if (typeof usual === "boolean") return text === "true";
  if (typeof usual === "string") return CHOICES[name]?.includes(text) ? text : usual;
  const value = Number(text);
  if (text === "" || !Number.isFinite(value)) return usual;
  if (name in SLIDERS) {
    const { min, max, step } = SLIDERS[name as Slider];
    return Math.min(max, Math.max(min, step < 1 ? value : Math.round(value)));
  }
  return name === "confounding" ? Math.min(0.99, Math.max(0, value)) : Math.min(10, Math.max(0, value));
}

/** The settings as an address has them: only what is not the default. */
export function parametersOf(settings: PlaygroundSettings): URLSearchParams {
  const entries = Object.entries(settings).filter(([name, value]) => value !== DEFAULTS[name as keyof typeof DEFAULTS]);
  return new URLSearchParams(entries.map(([name, value]) => [name, String(value)]));
}
