import { LossPlot } from "./loss-plot.tsx";

interface Props {
  /** Losses so far; the held-out one at the ends of epochs alone. */
  readonly points: readonly { readonly epoch: number; readonly loss: number; readonly heldOutLoss?: number }[];
}

/** The losses of stage 1 over the epochs, with their key. */
export function TrainingPlot({ points }: Props) {
  return (
    <>
      <LossPlot
        xTitle="epoch"
        lines={[
          { name: "training", look: "first", points: points.map(({ epoch, loss }) => ({ x: epoch, y: loss })) },
          {
            name: "held out",
            look: "second",
            points: points.map(({ epoch, heldOutLoss = Number.NaN }) => ({ x: epoch, y: heldOutLoss })),
          },
        ]}
      />
      <p class="key">
        <span class="first">training</span> <span class="second">held out</span>
      </p>
    </>
  );
}
