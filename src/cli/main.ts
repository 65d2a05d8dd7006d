#!/usr/bin/env node
import { runCommandLine } from "./command-line.ts";
import { ExitCode } from "./exit.ts";

// A reader that has seen enough, such as `| head`, closes the pipe: that ends the printing and is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(ExitCode.done);
});

await runCommandLine(process.argv.slice(2));
