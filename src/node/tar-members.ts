import { DataError } from "../errors.ts";

/** A file in an archive. */
export interface TarMember {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const BLOCK = 512;
const [FILE, OLD_FILE, LONG_NAME] = ["0", "\0", "L"];

/**
 * The files of a tar archive, one after the other, each as a whole (POSIX ustar, and GNU's long names).
 * @throws DataError naming `source` when the archive is damaged or cut short
 */
export async function* tarMembers(stream: AsyncIterable<Uint8Array>, source: string): AsyncGenerator<TarMember, void> {
  const reader = new BlockReader(stream, source);
  let longName: string | undefined;
  for (;;) {
    const header = await reader.take(BLOCK);
    if (header === undefined || header.every((byte) => byte === 0)) return;
    const size = octal(header, 124, 12);
    if (Number.isNaN(size) || !hasChecksum(header)) throw new DataError("is not a sound tar archive", { source });
    const body = (await reader.take(BLOCK * Math.ceil(size / BLOCK)))?.subarray(0, size) ?? new Uint8Array();
    const type = text(header, 156, 1) || OLD_FILE;
    if (type === LONG_NAME) {
      longName = text(body, 0, body.length);
      continue;
    }
    const prefix = text(header, 257, 5) === "ustar" ? text(header, 345, 155) : "";
    const name = longName ?? (prefix === "" ? "" : `${prefix}/`) + text(header, 0, 100);
    longName = undefined;
    if (type === FILE || type === OLD_FILE) yield { name, bytes: body.slice() };
  }
}

/** Takes a stream of chunks apart into pieces of the sizes asked for. */
class BlockReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #source: string;
  #held = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Uint8Array>, source: string) {
    this.#chunks = stream[Symbol.asyncIterator]();
    this.#source = source;
  }

  /** The next `size` bytes; undefined at the end of the stream. Throws DataError when fewer are left. */
  async take(size: number): Promise<Buffer | undefined> {
    while (this.#held.length < size) {
      const { value, done } = await this.#chunks.next();
      if (done) {
        if (this.#held.length === 0) return undefined;
        throw new DataError("is cut short: the archive ends too early", { source: this.#source });
      }
      this.#held = Buffer.concat([this.#held, value]);
    }
    const taken = this.#held.subarray(0, size);
    this.#held = this.#held.subarray(size);
    return taken;
  }
}

function text(bytes: Uint8Array, start: number, length: number): string {
  const field = Buffer.from(bytes.subarray(start, start + length)).toString("utf8");
  const end = field.indexOf("\0");
  return end < 0 ? field : field.slice(0, end);
}

function octal(bytes: Uint8Array, start: number, length: number): number {
  const field = text(bytes, start, length).trim();
  return field === "" ? Number.NaN : Number.parseInt(field, 8);
}

/** Whether the header's checksum is that of its bytes, its own counted as spaces. */
function hasChecksum(header: Uint8Array): boolean {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 0x20 : byte), 0);
  return sum === octal(header, 148, 8);
}
