import type { RunSummary } from "./summary.ts";

interface Props {
  readonly run: RunSummary;
  readonly target: number;
  readonly choose: (target: number) => void;
}

/** The causes and the effects of one target. */
export function TargetDetail({ run, target, choose }: Props) {
  const { latents, targets, correlation, pCause, pEffect } = run;
  const rows = Array.from({ length: latents }, (_, j) => {
    const at = target * latents + j;
    const [cause, effect] = [pCause[at] as number, pEffect[at] as number];
    return { j, cause, effect, neither: Math.max(0, 1 - cause - effect), correlation: correlation[at] as number };
  }).sort((a, b) => b.cause - a.cause || Math.abs(b.correlation) - Math.abs(a.correlation));
  const named = (list: typeof rows) => (list.length === 0 ? "none" : list.map(({ j }) => `z${j}`).join(", "));
  const name = targets[target] ?? "";
  return (
    <section class="target-detail" aria-label="Causes and effects of a target">
      <h3>Causes and effects of a target</h3>
      <label>
        Target{" "}
        <select value={target} onChange={({ currentTarget }) => choose(Number(currentTarget.value))}>
          {targets.map((text, t) => (
            <option key={text} value={t}>
              {text}
            </option>
          ))}
        </select>
      </label>
      <p class="note">Or click a row of a chart of targets.</p>
      <p role="status">
        <strong>{name}</strong>: probable causes {named(rows.filter(({ cause }) => cause > 0.5))}; probable effects{" "}
        {named(rows.filter(({ effect }) => effect > 0.5))}.
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">latent</th>
            <th scope="col">P(cause)</th>
            <th scope="col">P(effect)</th>
            <th scope="col">P(neither)</th>
            <th scope="col">correlation</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ j, cause, effect, neither, correlation: r }) => (
            <tr key={j} class={cause > 0.5 ? "cause" : effect > 0.5 ? "effect" : ""}>
              <th scope="row">z{j}</th>
              <td>{cause.toFixed(2)}</td>
              <td>{effect.toFixed(2)}</td>
              <td>{neither.toFixed(2)}</td>
              <td>{(r < 0 ? "−" : "+") + Math.abs(r).toFixed(2)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
