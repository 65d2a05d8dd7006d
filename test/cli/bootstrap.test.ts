import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { piped, taskprism, temporaryFolder } from "./taskprism.ts";

const { path: cwd, dispose } = temporaryFolder();
const LONG = ["--representation", "d/representation.npy", "--target", "d/target.npy", "--task", "d/task.npy"];
const read = (...path: string[]) => readFileSync(join(cwd, ...path), "utf8");
const certificateOf = (run: string) => JSON.parse(read(run, "certificate.json"));

beforeAll(async () => {
  const size = ["--latents", "3", "--causes", "1", "--tasks", "15", "--rows", "25"];
  await taskprism(cwd, "generate", "linear", ...size, "--mixing", "orthogonal", "--out", "d");
});
afterAll(dispose);

describe("taskprism unmix --bootstrap", () => {
  it("leaves intervals in the certificate, the indicators and the model, and prints them", async () => {
    const { status, stdout } = await taskprism(
      cwd,
      "unmix",
      ...LONG,
      "--bootstrap",
      "40",
      "--workers",
      "2",
      "--out",
      "a",
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/bootstrap \(40 replicates, rows redrawn\): MCC with the truth \.?\d/);
    expect(stdout).toMatch(/identified, expected correlation [\d.]+ \([\d.]+ to [\d.]+\) with the truth/);

    const { bootstrap, latents, predictedMcc } = certificateOf("a");
    expect(Object.keys(bootstrap).sort()).toEqual(
      ["failed", "flipped", "latents", "level", "mcc", "replicates", "resample"].sort(),
    );
    expect(bootstrap).toMatchObject({ resample: "rows", replicates: 40, failed: 0, level: 0.95 });
    expect(bootstrap.mcc.low).toBeLessThan(bootstrap.mcc.median);
    expect(bootstrap.mcc.median).toBeLessThan(bootstrap.mcc.high);
    // Theory and resampling agree on the error to a factor of four, at 15 tasks.
    expect(Math.abs(Math.log((1 - bootstrap.mcc.median) / (1 - predictedMcc)))).toBeLessThan(Math.log(4));
    expect(bootstrap.latents[0].leakage.length).toBe(3);
    expect(latents[0]).toMatchObject({ mixesWith: [], splitHalfCorrelation: expect.any(Number) });

    const [head = "", first = ""] = read("a", "indicators.csv").split("\n");
    expect(head).toMatch(/,p_flip,p_cause_low,p_cause_high,residual_variance_low,residual_variance_high$/);
    const row = Object.fromEntries(head.split(",").map((name, k) => [name, Number(first.split(",")[k])]));
    expect(row.residual_variance_low).toBeLessThan(row.residual_variance as number);
    expect(row.residual_variance_high).toBeGreaterThan(row.residual_variance as number);

    expect((await taskprism(cwd, "inspect", "a")).stdout).toMatch(/least certain indicators of 45/);
    const { bootstrap: kept } = JSON.parse((await taskprism(cwd, "inspect", "a", "--json")).stdout);
    expect(kept.mcc).toEqual(bootstrap.mcc);
  });

  it("finds the same however many processes share the work, and something else for another seed", async () => {
    await taskprism(cwd, "unmix", ...LONG, "--bootstrap", "40", "--workers", "1", "--out", "b");
    expect(certificateOf("b").bootstrap).toEqual(certificateOf("a").bootstrap);
    await taskprism(cwd, "unmix", ...LONG, "--bootstrap", "40", "--seed", "1", "--resample", "tasks", "--out", "c");
    expect(certificateOf("c").bootstrap.resample).toBe("tasks");
    expect(certificateOf("c").bootstrap.mcc).not.toEqual(certificateOf("a").bootstrap.mcc);
  });

  it("draws groups of rows again where there are only moments, or tasks", async () => {
    const table = ["d/data.parquet", "--task", "task", "--target", "target"];
    for (const groups of [2, 8]) {
      await taskprism(cwd, "moments", ...table, "--groups", String(groups), "--out", `m${groups}`);
    }
    const few = await taskprism(cwd, "unmix", "--moments", "m2", "--bootstrap", "40", "--out", "x");
    expect(few).toMatchObject({ status: 2, stderr: expect.stringMatching(/at least 4 groups, and there are 2/) });
    for (const [moments, resample] of [
      ["m2", "tasks"],
      ["m8", "rows"],
    ] as const) {
      const from = ["--moments", moments, "--resample", resample, "--bootstrap", "40", "--out", moments + resample];
      expect((await taskprism(cwd, "unmix", ...from)).status).toBe(0);
      const { mcc, replicates } = certificateOf(moments + resample).bootstrap;
      expect(replicates).toBe(40);
      // The error that redrawing the rows themselves shows, to a factor of five.
      const rows = certificateOf("a").bootstrap.mcc;
      expect(Math.abs(Math.log((1 - mcc.median) / (1 - rows.median)))).toBeLessThan(Math.log(5));
    }
  });

  it("refuses too few replicates, and options of a bootstrap that is not asked for", async () => {
    const few = await taskprism(cwd, "unmix", ...LONG, "--bootstrap", "10", "--out", "x");
    expect([few.status, few.stderr]).toEqual([2, expect.stringMatching(/at least 40/)]);
    const idle = await taskprism(cwd, "unmix", ...LONG, "--resample", "tasks", "--out", "x");
    expect(idle).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^taskprism: --resample .* give --bootstrap N too\n$/),
    });
    expect(existsSync(join(cwd, "x"))).toBe(false);
  });

  it("stops at Ctrl-C with a complete run, that has no intervals", async () => {
    const command = piped(cwd, "unmix", ...LONG, "--bootstrap", "100000", "--out", "stopped");
    let printed = "";
    let sent = false;
    command.stderr.on("data", (chunk) => {
      printed += chunk;
    });
    // Sent as soon as the bootstrap is under way: its first processes are there by then.
    const watch = setInterval(() => {
      if (sent || !existsSync(join(cwd, "stopped", "steps.jsonl"))) return;
      sent = true;
      setTimeout(() => command.kill("SIGINT"), 1500);
    }, 50);
    const status = await new Promise((resolve) => command.on("close", resolve));
    clearInterval(watch);
    expect(printed).toMatch(/bootstrap stopped; the results are complete/);
    expect(status).toBe(130);
    expect(existsSync(join(cwd, "stopped", "metrics.json"))).toBe(true);
    expect(certificateOf("stopped").bootstrap).toBeUndefined();
    expect((await taskprism(cwd, "inspect", "stopped")).status).toBe(0);
  });
});
