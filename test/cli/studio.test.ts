import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { piped, taskprism, temporaryFolder } from "./taskprism.ts";

describe("taskprism studio", () => {
  const { path: cwd, dispose } = temporaryFolder();
  const server = piped(cwd, "studio", "--port", "0");
  let url: string;

  beforeAll(async () => {
    const [line] = await once(server.stdout, "data");
    url = /at (http:\/\/127\.0\.0\.1:\d+\/) \(Ctrl-C ends it\)/.exec(String(line))?.[1] ?? "";
  });
  afterAll(() => {
    server.kill();
    dispose();
  });

  it("serves the page isolated and with a policy that allows its own files alone", async () => {
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("<title>taskprism studio</title>");
    expect(response.headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(response.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    const policy = response.headers.get("content-security-policy");
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)|https?:/);
  });

  it("serves nothing outside of its folder", async () => {
    for (const path of ["nothing.js", "..%2fcli%2fmain.js", "%2e%2e/cli/main.js"]) {
      expect((await fetch(url + path)).status, path).toBe(404);
    }
  });

  it("refuses a port that is taken, or none, in one line", async () => {
    const { port } = new URL(url);
    expect(await taskprism(cwd, "studio", "--port", port)).toEqual({
      status: 2,
      stdout: "",
      stderr: `taskprism: port ${port} is taken; name another with --port, or 0 for any that is free\n`,
    });
    expect(await taskprism(cwd, "studio", "--port", "70000")).toMatchObject({ status: 2, stdout: "" });
  });

  it("ends on Ctrl-C, with nothing wrong", async () => {
    server.kill("SIGINT");
    expect(await once(server, "exit")).toEqual([0, null]);
  });
});
