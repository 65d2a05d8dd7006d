import { execFileSync, spawn } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { replaceFile, writeFileAtomically } from "./atomic-write.ts";
import { FileError } from "./file-error.ts";
import { writeTable } from "./write-table.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "atomic-write-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A file system of 64 kilobytes; the reason where none can be made. */
function mountTinyDisk(): { path: string; unmount(): void } | string {
  const path = mkdtempSync(join(tmpdir(), "tiny-disk-"));
  const remove = () => rmSync(path, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "none", path], { stdio: "pipe" });
  } catch (error) {
    remove();
    return `no tmpfs can be mounted here: ${String(error).split("\n")[0]}`;
  }
  const unmount = () => {
    execFileSync("umount", [path]);
    remove();
  };
  return { path, unmount };
}

describe("writeFileAtomically", () => {
  it("replaces a file and leaves nothing else behind", async () => {
    const path = join(folder, "it's [1] ü*.bin");
    await writeFileAtomically(path, "old");
    await writeFileAtomically(path, Uint8Array.of(1, 2, 3));
    expect(readFileSync(path)).toEqual(Buffer.from([1, 2, 3]));
    expect(readdirSync(folder)).toEqual(["it's [1] ü*.bin"]);
  });

  it("lets two writers of one file both finish, one after the other", async () => {
    const path = join(folder, "f");
    await Promise.all(["a", "b"].map((letter) => writeFileAtomically(path, letter.repeat(100_000))));
    expect(readFileSync(path, "utf8")).toMatch(/^(a{100000}|b{100000})$/);
    expect(readdirSync(folder)).toEqual(["f"]);
  });

  it("writes through a symbolic link", async () => {
    writeFileSync(join(folder, "target"), "old");
    symlinkSync("target", join(folder, "link"));
    await writeFileAtomically(join(folder, "link"), "new");
    expect(readFileSync(join(folder, "target"), "utf8")).toBe("new");
    expect(readlinkSync(join(folder, "link"))).toBe("target");
  });

  it("says in one line why it cannot write", async () => {
    mkdirSync(join(folder, "sub"));
    writeFileSync(join(folder, "file"), "");
    const refusal = async (path: string) => {
      const error = await writeFileAtomically(path, "x").catch((refused: unknown) => refused);
      expect(error).toBeInstanceOf(FileError);
      return (error as FileError).message;
    };
    const missing = join(folder, "none", "f");
    expect(await refusal(missing)).toBe(`cannot write ${missing}: the folder does not exist`);
    expect(await refusal(join(folder, "sub"))).toBe(`cannot write ${join(folder, "sub")}: it is a folder`);
    const inside = join(folder, "file", "f");
    expect(await refusal(inside)).toBe(`cannot write ${inside}: part of the path is a file, not a folder`);
    const long = join(folder, "x".repeat(300));
    expect(await refusal(long)).toBe(`cannot write ${long}: the name is too long`);
    expect(readdirSync(folder).sort()).toEqual(["file", "sub"]);
  });

  it.skipIf(process.platform !== "linux")("writes to a device as it stands, and does not replace it", async () => {
    await writeFileAtomically("/dev/null", "x");
    await expect(writeFileAtomically("/dev/full", "x")).rejects.toThrow(
      new FileError("cannot write /dev/full: no space left on the disk"),
    );
    expect(readdirSync("/dev")).toEqual(expect.arrayContaining(["null", "full"]));
    expect(readFileSync("/dev/null")).toHaveLength(0);
  });

  it("keeps the old file, and removes its own, when the disk is full", async (context) => {
    const disk = mountTinyDisk();
    if (typeof disk === "string") return context.skip(disk);
    try {
      const path = join(disk.path, "model");
      await writeFileAtomically(path, "old");
      await expect(writeFileAtomically(path, new Uint8Array(200_000))).rejects.toThrow(
        new FileError(`cannot write ${path}: no space left on the disk`),
      );
      const random = Float64Array.from({ length: 40_000 }, (_, i) => Math.sin(i * i));
      for (const name of ["t.csv", "t.parquet", "t.json.gz"]) {
        const table = join(disk.path, name);
        await expect(writeTable(table, [{ name: "x", values: random }])).rejects.toThrow(
          new FileError(`cannot write ${table}: no space left on the disk`),
        );
      }
      expect(readFileSync(path, "utf8")).toBe("old");
      expect(readdirSync(disk.path)).toEqual(["model"]);
    } finally {
      disk.unmount();
    }
  });
});

describe("replaceFile", () => {
  it("keeps the old file, removes the half-written one and passes the error on, when the writer fails", async () => {
    const path = join(folder, "f");
    writeFileSync(path, "old");
    const failure = new Error("no more rows");
    const write = async (temporary: string) => {
      writeFileSync(temporary, "half");
      throw failure;
    };
    await expect(replaceFile(path, write)).rejects.toBe(failure);
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toEqual(["f"]);
  });

  it("leaves the old file when the process is killed halfway through the new one", async () => {
    const path = join(folder, "model");
    writeFileSync(path, "old");
    const module = fileURLToPath(new URL("./atomic-write.ts", import.meta.url));
    const child = spawn(process.execPath, ["--input-type=module", "--eval", halfWriter(module, path)], {
      cwd: fileURLToPath(new URL("../..", import.meta.url)),
      stdio: ["ignore", "pipe", "inherit"],
    });
    const said = await new Promise<string>((resolve) => child.stdout.once("data", (data) => resolve(String(data))));
    expect(said).toBe("half");
    const ended = new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
    child.kill("SIGKILL");
    expect(await ended).toBe("SIGKILL");
    expect(readFileSync(path, "utf8")).toBe("old");
    expect(readdirSync(folder)).toHaveLength(2);

    await writeFileAtomically(path, "new");
    expect(readFileSync(path, "utf8")).toBe("new");
  });
});

/** A program that writes half of a new file in place of `path`, says so, and never goes on. */
function halfWriter(module: string, path: string): string {
  return `
    import { writeFileSync } from "node:fs";
    import { runnerImport } from "vite";
    const { module } = await runnerImport(${JSON.stringify(module)}, { configFile: false, logLevel: "error" });
    await module.replaceFile(${JSON.stringify(path)}, (temporary) => {
      writeFileSync(temporary, "half of the new contents");
      process.stdout.write("half");
      setInterval(() => {}, 1000);
      return new Promise(() => {});
    });
  `;
}
