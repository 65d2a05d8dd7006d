import { z } from "zod";
import { DataError } from "../errors.ts";
import type { Moments } from "../stats/moments.ts";
import { readMoments, writeMoments } from "./moments-file.ts";

/** A table whose rows are among those of some moments. */
export interface MomentSource {
  readonly file: string;
  readonly rows: number;
  /** SHA-256 of the file. */
  readonly fingerprint: string;
}

/** Where moments come from, and what their columns are called: all that is needed to use or extend them. */
export interface MomentDescription {
  readonly layout: "long" | "wide";
  /** The columns of h, d names. */
  readonly columnNames: readonly string[];
  readonly sources: readonly MomentSource[];
}

/** Moments of groups of rows, and what they are moments of. */
export interface DescribedMoments extends MomentDescription {
  readonly groups: readonly Moments[];
}

const schema = z.object({
  layout: z.enum(["long", "wide"]),
  columnNames: z.array(z.string()).min(1),
  sources: z.array(z.object({ file: z.string(), rows: z.int().positive(), fingerprint: z.string() })),
});

/** Writes moments with their description (`writeMoments`). Throws FileError when the file cannot be written. */
export function writeDescribedMoments(path: string, { groups, ...description }: DescribedMoments): Promise<void> {
  return writeMoments(path, { groups, metadata: { description: JSON.stringify(description) } });
}

/**
 * The moments in a file that `writeDescribedMoments` wrote.
 *
 * Throws DataError when the file is missing, damaged, another file, or does not say what its columns are.
 */
export async function readDescribedMoments(path: string): Promise<DescribedMoments> {
  const { groups, metadata } = await readMoments(path);
  const parsed = schema.safeParse(parseJson(metadata.description ?? "null"));
  const dim = groups[0]?.dim;
  if (!parsed.success || parsed.data.columnNames.length !== dim) {
    throw new DataError("does not say what its columns are: make it with taskprism moments", { source: path });
  }
  return { ...parsed.data, groups };
}

/** How many rows the moments stand for. */
export function rowsOfMoments(groups: readonly Moments[]): number {
  return groups.reduce((sum, { pooled }) => sum + pooled.count, 0);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
