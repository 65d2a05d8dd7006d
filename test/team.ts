import type { FloatArray } from "../src/nn/parameters.ts";
import type { Team } from "../src/nn/team.ts";

/** A meeting of all members: what each has handed out, once all have come. */
interface Meeting {
  readonly handed: FloatArray[][];
  readonly all: Promise<FloatArray[][]>;
  readonly hold: () => void;
}

/** The members of a team within this thread, which meet by promises. */
export function membersHere(size: number): Team[] {
  let meeting = nextMeeting();
  const memberOf = (rank: number): Team => ({
    rank,
    size,
    async exchange(own, others) {
      const present = meeting;
      present.handed[rank] = own.map((array) => array.slice());
      if (present.handed.filter(Boolean).length === size) {
        meeting = nextMeeting();
        present.hold();
      }
      const all = await present.all;
      for (const [i, arrays] of all.toSpliced(rank, 1).entries()) {
        for (const [k, array] of arrays.entries()) others[i]?.[k]?.set(array);
      }
    },
  });
  return Array.from({ length: size }, (_, rank) => memberOf(rank));
}

function nextMeeting(): Meeting {
  const handed: FloatArray[][] = [];
  let hold = () => {};
  const all = new Promise<FloatArray[][]>((resolve) => {
    hold = () => resolve(handed);
  });
  return { handed, all, hold };
}
