import { BREAKAGES, isBroken, type PlaygroundSettings, SLIDERS, type Slider, toggled } from "./settings.ts";

interface Props {
  readonly settings: PlaygroundSettings;
  readonly change: (settings: PlaygroundSettings) => void;
}

/** What is generated, and which assumptions are broken. */
export function Controls({ settings, change }: Props) {
  const sliders = Object.keys(SLIDERS) as Slider[];
  return (
    <form class="controls" onSubmit={(event) => event.preventDefault()}>
      <fieldset>
        <legend>Data</legend>
        <div class="choices">
          {(["linear", "nonlinear"] as const).map((kind) => (
            <label key={kind}>
              <input
                type="radio"
                name="kind"
                checked={settings.kind === kind}
                onChange={() => change({ ...settings, kind })}
              />
              {kind === "linear" ? "Linear: stage 2 alone" : "Non-linear: trains a network first"}
            </label>
          ))}
        </div>
        {sliders.map((name) => (
          <SliderRow key={name} name={name} settings={settings} change={change} />
        ))}
        {settings.kind === "linear" && (
          <label class="row">
            <span>Mixing</span>
            <select
              value={settings.mixing}
              onChange={({ currentTarget }) =>
                change({ ...settings, mixing: currentTarget.value as PlaygroundSettings["mixing"] })
              }
            >
              <option value="random">random matrix</option>
              <option value="orthogonal">rotation</option>
              <option value="identity">none</option>
            </select>
          </label>
        )}
      </fieldset>
      <fieldset>
        <legend>Break an assumption</legend>
        {BREAKAGES.map((breakage) => (
          <label key={breakage.id} class="breakage">
            <input
              type="checkbox"
              checked={isBroken(settings, breakage)}
              onChange={() => change(toggled(settings, breakage))}
            />
            <span>
              {breakage.label}
              <small>{breakage.explanation}</small>
            </span>
          </label>
        ))}
      </fieldset>
    </form>
  );
}

function SliderRow({ name, settings, change }: Props & { readonly name: Slider }) {
  const { label, min, max, step } = SLIDERS[name];
  const highest = name === "causes" ? Math.min(max, settings.latents) : max;
  return (
    <label class="row">
      <span>{label}</span>
      <input
        type="range"
        min={min}
        max={highest}
        step={step}
        value={settings[name]}
        onInput={({ currentTarget }) => {
          const next = { ...settings, [name]: Number(currentTarget.value) };
          change({ ...next, causes: Math.min(next.causes, next.latents) });
        }}
      />
      <output>{settings[name]}</output>
    </label>
  );
}
