import { useEffect, useState } from "preact/hooks";
import type { LiveFrame } from "./dependence.ts";
import { HeatMap } from "./heat-map.tsx";

/** Milliseconds for one picture, and pictures that it may lag behind before it hurries. */
const PACE = 60;
const LAG = 15;

/** Stage 2 while it runs: what the latents of the moment still have to do with each other, fading off the diagonal. */
export function LiveUnmixing({ frames }: { readonly frames: readonly LiveFrame[] }) {
  const [at, setAt] = useState(0);
  const last = frames.length - 1;
  useEffect(() => {
    if (at >= last) return;
    const timer = setTimeout(() => setAt(Math.min(last, at + Math.max(1, Math.ceil((last - at) / LAG)))), PACE);
    return () => clearTimeout(timer);
  }, [at, last]);
  const frame = frames[Math.min(at, last)];
  if (frame === undefined) return null;
  const d = Math.sqrt(frame.dependence.length);
  const names = Array.from({ length: d }, (_, j) => `${j + 1}`);
  const where = `Start ${frame.start + 1}, iterate ${frame.iteration}`;
  return (
    <div class="live">
      <p class="note">
        How much two latents still have to do with each other once the target is known, as a correlation over all tasks.
        Stage 2 turns the latents until as little as possible is left off the diagonal.
      </p>
      <HeatMap
        values={frame.dependence}
        columns={names}
        rows={names}
        across="latents of the moment"
        down="the same"
        label={`Dependence of the latents given the target. ${where}: ${frame.left.toFixed(3)} off the diagonal.`}
      />
      <p class="live-state">
        {where}: <output>{frame.left.toFixed(3)}</output> left off the diagonal
      </p>
    </div>
  );
}
