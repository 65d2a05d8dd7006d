// Runs commands of the built program one after the other, as `taskprism.ts` sends them: loading the program takes most of the
// time of a small command, and here happens once.
import { runCommandLine } from "../../dist/cli/command-line.js";

let printed = { stdout: "", stderr: "" };

for (const name of ["stdout", "stderr"]) {
  process[name].write = (text, ...rest) => {
    printed[name] += text;
    rest.find((argument) => typeof argument === "function")?.();
    return true;
  };
}

process.on("message", async ({ cwd, args }) => {
  process.chdir(cwd);
  process.argv = [...process.argv.slice(0, 2), ...args];
  process.exitCode = undefined;
  printed = { stdout: "", stderr: "" };
  await runCommandLine(args);
  process.send({ status: process.exitCode ?? 0, ...printed });
});
process.on("disconnect", () => process.exit());
