import { DataError } from "../errors.ts";
import { locate, type RunFolder, readCheckpoint } from "../node/index.ts";

/**
 * The state in the checkpoint of a run, of the tables with this fingerprint.
 * @param decode - reads the bytes of the checkpoint, which are those of `source`
 * @throws DataError when the tables are others than those of the checkpoint
 */
export async function savedState<State>(
  run: RunFolder,
  fingerprint: string,
  decode: (bytes: Uint8Array, source: string) => { readonly state: State; readonly fingerprint: string },
): Promise<State> {
  const source = locate(run, "checkpoint");
  const checkpoint = decode(await readCheckpoint(run), source);
  if (checkpoint.fingerprint !== fingerprint) {
    throw new DataError("the tables have changed since this checkpoint was written; start a new run", { source });
  }
  return checkpoint.state;
}
