import { open, stat } from "node:fs/promises";

/** Parquet is taken for so many times smaller than text. */
const PARQUET_COMPRESSION = 5;

/**
 * Bytes of a table as text, without reading it: the size of the file, what a gzip file notes at its end (the size modulo 4 GiB,
 * RFC 1952), a guess for Parquet; 0 for what cannot be read.
 */
export async function textBytes(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined || !found.isFile()) return 0;
  if (/\.parquet$/i.test(path)) return PARQUET_COMPRESSION * found.size;
  return /\.gz$/i.test(path) ? Math.max(found.size, await gzipTrailer(path, found.size)) : found.size;
}

async function gzipTrailer(path: string, size: number): Promise<number> {
  if (size < 18) return 0;
  const file = await open(path, "r");
  try {
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, size - 4);
    return buffer.readUInt32LE(0);
  } finally {
    await file.close();
  }
}
