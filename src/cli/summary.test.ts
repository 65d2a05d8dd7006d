import { describe, expect, it } from "vitest";
import { fittedModel } from "../../test/fitted-model.ts";
import { linearCase, wideCase } from "../../test/linear-data.ts";
import { causeProbabilities } from "../report/charts/causes-and-effects.ts";
import { certificateFacts } from "../report/summary.ts";
import { modelSummary, targetTable } from "./summary.ts";

const wide = wideCase(1, { dim: 3, tasks: 12, rows: 400, density: 0.5 });
const long = linearCase(1, { latentDim: 3, causalPerTask: 1, tasks: 40, rowsPerTask: 60 });

describe("what is said of a direction", () => {
  it("is a rule where rows carry every target, and its correlations are those of latents with themselves", () => {
    const model = fittedModel(wide.h, wide.targets, 1);
    const [headings] = targetTable(model);
    expect(headings).toMatch(/^target +causes, by rule \(probability\) +effects, by rule \(size\)/);
    const summary = modelSummary(model).join("\n");
    expect(summary).toMatch(/^latent +explains +related +with itself +verdict/);
    expect(summary).toMatch(/MCC with itself when rows are redrawn/);
    expect(summary).not.toMatch(/predicted MCC/);
    expect(certificateFacts(model).map(([name]) => name)).toContain("MCC with itself when rows are redrawn");
    expect(causeProbabilities(model).title).toMatch(/by rule$/);
    expect(causeProbabilities(model).caption).toMatch(/by rule and not by evidence/);
  });

  it("is a finding where every row has a task of its own", () => {
    const model = fittedModel(long.h, long.targets, 1);
    expect(targetTable(model)[0]).toMatch(/^target +causes \(probability\) +effects \(size\)/);
    const summary = modelSummary(model).join("\n");
    expect(summary).toMatch(/^latent +explains +causes +predicted +verdict/);
    expect(summary).toMatch(/predicted MCC 0\.99\d+[ ,]/);
    expect(summary).not.toMatch(/encoder carries/);
    const { mtrn } = { mtrn: {} } as unknown as Pick<typeof model, "mtrn">;
    expect(modelSummary({ ...model, mtrn }).join("\n")).toMatch(
      /predicted MCC 0\.99\d+ with the latents as the encoder carries them/,
    );
    expect(causeProbabilities(model).title).not.toMatch(/by rule/);
  });
});
