import { TaskprismError } from "../errors.ts";

/** A file or folder that could not be written, moved or removed; the message names it and says what stood in the way. */
export class FileError extends TaskprismError {
  readonly code = "FILE";
}

/** What the common refusals of an operating system mean to the person who reads the message. */
const meanings: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "in use by another process",
  EDQUOT: "the disk quota is used up",
  EEXIST: "something of that name is there already",
  EFBIG: "the file would be larger than this file system allows",
  EISDIR: "it is a folder",
  EMFILE: "too many files are open",
  ENAMETOOLONG: "the name is too long",
  ENOENT: "the folder does not exist",
  ENOSPC: "no space left on the disk",
  ENOTDIR: "part of the path is a file, not a folder",
  ENOTEMPTY: "the folder is not empty",
  EPERM: "operation not permitted",
  EROFS: "the file system is read-only",
};

/** The operating system's code for what went wrong (ENOENT, …); undefined when `error` does not come from there. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return /^E(?!RR_)[A-Z0-9]+$/.test(code) ? code : undefined;
}

/** What went wrong, in words; the error's own first line when the operating system's code is not a common one. */
export function reason(error: unknown): string {
  const known = meanings[systemCode(error) ?? ""];
  return known ?? (error instanceof Error ? error.message : String(error)).split("\n", 1)[0] ?? "";
}

/** A FileError for a failed attempt to do `action` ("write", "read", …) to `path`. */
export function fileError(action: string, path: string, cause: unknown): FileError {
  return new FileError(`cannot ${action} ${path}: ${reason(cause)}`, { cause });
}
