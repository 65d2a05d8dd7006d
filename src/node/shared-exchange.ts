import type { FloatArray } from "../nn/parameters.ts";
import type { Team } from "../nn/team.ts";

/** Memory that the threads of a team share: a few counters, and two rooms for what each of them hands out. */
export interface SharedMemory {
  readonly counters: SharedArrayBuffer;
  readonly rooms: SharedArrayBuffer;
}

/** Why the threads no longer meet. */
export type Ending = "left" | "failed";

/** Positions among the counters: threads that have arrived, meetings held, why there will be no more, and what sleepers watch. */
const [ARRIVED, MEETINGS, ENDING, NEWS] = [0, 1, 2, 3];
const ENDINGS: readonly (Ending | undefined)[] = [undefined, "left", "failed"];

/**
 * Looks at the counter before a thread sleeps: some tenths of a millisecond, the difference between members that have a core
 * each. Waking up costs a virtual machine more than that: with a tenth of it updates took a sixth longer.
 */
const LOOKS = 100_000;

/** Bytes of a number, of either precision. */
const BYTES = 8;

/** Memory for `size` threads that hand out up to `numbers` numbers each. */
export function sharedMemory(size: number, numbers: number): SharedMemory {
  return {
    counters: new SharedArrayBuffer(4 * Int32Array.BYTES_PER_ELEMENT),
    rooms: new SharedArrayBuffer(2 * size * numbers * BYTES),
  };
}

/**
 * A member of a team of threads. Each writes what it has into its room and waits for the others; then all read all rooms. The
 * rooms are two sets used by turns, so that one meeting an exchange is enough: who writes a set again has met everybody in
 * between, after they had read it.
 */
export class SharedExchange implements Team {
  readonly rank: number;
  readonly size: number;
  readonly #counters: Int32Array;
  readonly #rooms: SharedArrayBuffer;
  readonly #pause: (() => Promise<void>) | undefined;
  #turn = 0;

  /**
   * @param pause - lets a thread look after its events whenever it has waited for some time, as the first one must: it hears there
   *   that another has ended. A thread without it sleeps until it is woken.
   */
  constructor(rank: number, size: number, { counters, rooms }: SharedMemory, pause?: () => Promise<void>) {
    this.rank = rank;
    this.size = size;
    this.#counters = new Int32Array(counters);
    this.#rooms = rooms;
    this.#pause = pause;
  }

  async exchange(own: readonly FloatArray[], others: readonly (readonly FloatArray[])[]): Promise<void> {
    this.#turn = 1 - this.#turn;
    for (const [k, room] of this.#views(own, this.rank).entries()) room.set(own[k] as FloatArray);
    await this.#meet();
    for (const [i, arrays] of others.entries()) {
      const member = i < this.rank ? i : i + 1;
      for (const [k, room] of this.#views(own, member).entries()) (arrays[k] as FloatArray).set(room);
    }
  }

  /** Ends the meetings: whoever waits for one, or comes to one later, is turned away. */
  end(ending: Ending): void {
    Atomics.compareExchange(this.#counters, ENDING, 0, ENDINGS.indexOf(ending));
    this.#announce();
  }

  get ending(): Ending | undefined {
    return ENDINGS[Atomics.load(this.#counters, ENDING)];
  }

  /** The room of a member in the present turn, cut into arrays like `own`. */
  #views(own: readonly FloatArray[], member: number): FloatArray[] {
    const room = this.#rooms.byteLength / (2 * this.size);
    let offset = (this.#turn * this.size + member) * room;
    return own.map((array) => {
      const view = new (array.constructor as Float32ArrayConstructor)(this.#rooms, offset, array.length);
      offset += array.length * BYTES;
      return view;
    });
  }

  async #meet(): Promise<void> {
    const counters = this.#counters;
    // Read before the ending, so that no news after it can be missed.
    const news = Atomics.load(counters, NEWS);
    const { ending } = this;
    if (ending !== undefined) throw new MeetingsEnded(ending);
    const meetings = Atomics.load(counters, MEETINGS);
    if (Atomics.add(counters, ARRIVED, 1) + 1 === this.size) {
      Atomics.store(counters, ARRIVED, 0);
      Atomics.add(counters, MEETINGS, 1);
      this.#announce();
      return;
    }
    const none = () => Atomics.load(counters, NEWS) === news;
    for (let look = 0; look < LOOKS && none(); look++);
    while (none()) {
      Atomics.wait(counters, NEWS, news, this.#pause && SLEEP);
      await this.#pause?.();
    }
    // A meeting that was held counts, also when somebody has left since.
    if (Atomics.load(counters, MEETINGS) === meetings) throw new MeetingsEnded(this.ending ?? "left");
  }

  #announce(): void {
    Atomics.add(this.#counters, NEWS, 1);
    Atomics.notify(this.#counters, NEWS);
  }
}

/** Milliseconds of sleep after which events are looked after. */
const SLEEP = 20;

/** Thrown to a member that others no longer meet. */
export class MeetingsEnded extends Error {
  constructor(ending: Ending) {
    super(`the team has ${ending}`);
  }
}
