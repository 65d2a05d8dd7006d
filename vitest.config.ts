import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { ClosingLineReporter } from "./test/closing-line-reporter.ts";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "studio/**/*.test.ts", "test/**/*.test.ts"],
    // By default a core is left to the runner, of two one of them.
    maxWorkers: availableParallelism(),
    expect: { poll: { timeout: 30_000 } },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ["default", new ClosingLineReporter()],
  },
});
