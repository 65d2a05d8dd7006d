import type { MultiTaskData } from "../../src/data/multi-task-data.ts";
import type { Matrix } from "../../src/linalg/matrix.ts";
import type { SolverStep } from "../../src/mtlcm/mtlcm.ts";
import { dependenceOf, type LiveFrame, liveFrame } from "./dependence.ts";

/** Milliseconds that pictures may cost in any case, and the share of the time of a longer stage 2 that they may cost. */
const [FREE, SHARE] = [100, 0.25];

/** The iterates of stage 2 as they come: all of them while they are cheap to draw, else as many as cost a quarter of the time. */
export class LiveFilm {
  readonly #targets: MultiTaskData["targets"];
  #dependence: ((unmixing: Matrix) => Matrix) | undefined;
  #frames: LiveFrame[] = [];
  #begun = 0;
  #spent = 0;

  constructor({ targets }: MultiTaskData) {
    this.#targets = targets;
  }

  /** Stage 2 begins with this representation, rows × d. */
  begin(representation: Matrix): void {
    this.#dependence = dependenceOf(representation, this.#targets);
    [this.#begun, this.#spent] = [performance.now(), 0];
  }

  add(step: SolverStep): void {
    const now = performance.now();
    if (this.#dependence === undefined || this.#spent > FREE + SHARE * (now - this.#begun)) return;
    this.#frames.push(liveFrame(step, this.#dependence));
    this.#spent += performance.now() - now;
  }

  /** The frames since the last call. */
  take(): LiveFrame[] {
    const taken = this.#frames;
    this.#frames = [];
    return taken;
  }
}
