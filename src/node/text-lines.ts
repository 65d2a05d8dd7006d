import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import { checkInputFile, gzipError } from "./input-file.ts";

/** Bytes that are read at a time. */
const CHUNK = 1 << 18;

/** The bytes of a file, unpacked if it is gzipped. Throws DataError for a file that is missing, empty or damaged. */
export async function* readBytes(path: string): AsyncGenerator<Buffer, void> {
  await checkInputFile(path);
  const file = createReadStream(path, { highWaterMark: CHUNK });
  const stream = /\.(gz|tgz)$/i.test(path) ? file.pipe(createGunzip({ chunkSize: CHUNK })) : file;
  file.on("error", (error) => stream.destroy(error));
  try {
    yield* stream as AsyncIterable<Buffer>;
  } catch (error) {
    throw gzipError(path, error);
  } finally {
    file.destroy();
    stream.destroy();
  }
}

/** The lines of a stream of bytes, as many at a time as a chunk holds, without their ends. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield lines.map(withoutReturn);
  }
  rest += decoder.decode();
  if (rest !== "") yield [withoutReturn(rest)];
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
