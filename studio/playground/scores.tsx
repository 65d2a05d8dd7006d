import type { PlaygroundResult } from "./worker.ts";

interface Props {
  readonly result: PlaygroundResult | undefined;
  readonly nullLine: number | undefined;
  /** How many rows and columns there are. */
  readonly size: string | undefined;
}

/** The score beside the null line and beside what the certificate predicted of it, and the certificate's sentences. */
export function Scores({ result, nullLine, size }: Props) {
  return (
    <section class="scores" aria-label="Scores and certificate" aria-live="polite">
      <dl>
        <Score name="Recovered (MCC)" value={result?.mcc} note="latents against the truth" strong />
        <Score
          name="Predicted MCC"
          value={result && (result.predictedMcc ?? undefined)}
          missing={result && "not stated"}
          note="by the certificate, without the truth"
        />
        <Score name="Null line" value={nullLine} note="the columns as they are, nothing learned" />
        <Score name="Split-half MCC" value={result?.splitHalfMcc} note="between halves of the rows" />
        <Score name="Fit ratio" value={result?.fitRatio} digits={2} note="1 where the model holds" />
        <Score name="Causes told rightly" value={result?.causesRight} percent note="of all task–latent cells" />
      </dl>
      <p class={`verdict ${result === undefined ? "waiting" : result.modelHolds ? "holds" : "fails"}`}>
        {result?.verdict ?? "Fitting …"}
      </p>
      {result && (
        <details>
          <summary>Every latent, in a sentence</summary>
          <ul>
            {result.latents.map((sentence, j) => (
              <li key={j}>
                z{j}: {sentence}
              </li>
            ))}
          </ul>
        </details>
      )}
      <p class="note">
        {size}
        {result && `; fitted in ${result.seconds.toFixed(2)} s`}
      </p>
    </section>
  );
}

function Score(props: {
  readonly name: string;
  readonly value: number | undefined;
  readonly note: string;
  readonly missing?: string | undefined;
  readonly digits?: number;
  readonly percent?: boolean;
  readonly strong?: boolean;
}) {
  const { name, value, note, missing = "…", digits = 4, percent = false, strong = false } = props;
  const text = value === undefined ? missing : percent ? `${(100 * value).toFixed(1)} %` : value.toFixed(digits);
  return (
    <div class={strong ? "score strong" : "score"}>
      <dt>{name}</dt>
      <dd>
        {text} <small>{note}</small>
      </dd>
    </div>
  );
}
