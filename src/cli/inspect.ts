import type { Command } from "commander";
import { command, type SharedOptions } from "./command.ts";

/** `taskprism inspect`: a fitted model as readable tables. */
export function inspectCommand(): Command {
  return command("inspect", "print a run: latents by importance, causes of every target, certificate")
    .argument("<run>", "a run folder, or a model.safetensors file")
    .action(async (path: string, flags: SharedOptions) => {
      const { loadModel } = await import("./load-model.ts");
      const { modelSummary, printResult, targetTable } = await import("./summary.ts");
      const { indicatorLines, pairLines, provenanceLines } = await import("./details.ts");
      const model = await loadModel(path);
      const { mtrn, mtlcm, ...rest } = model;
      const architecture = mtrn?.architecture;
      printResult(
        flags,
        { ...rest, architecture, solver: mtlcm.solver, explained: Array.from(mtlcm.explained) },
        () => [
          ...modelSummary(model),
          ...targetTable(model),
          "",
          ...pairLines(model.certificate),
          ...indicatorLines(model),
          ...provenanceLines(model),
        ],
      );
    });
}
