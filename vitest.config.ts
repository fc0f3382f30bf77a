import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import type { Reporter, TestModule } from "vitest/node";

/** Ends the output with a line that any script can read. */
const closingLine: Reporter = {
  onTestRunEnd(modules: readonly TestModule[]) {
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const count = (state: string): number => states.filter((one) => one === state).length;
    const broken = modules.filter((module) => module.state() === "failed" && module.errors().length > 0).length;
    process.stdout.write(
      `\n${count("passed")} passed, ${count("failed") + broken} failed, ${count("skipped")} skipped\n`,
    );
  },
};

const long = "**/*.long.test.ts";
const built = ["node_modules/**", "build/**", "dist/**"];
const files = {
  globalSetup: ["./datasets/testing/temporary-folder.ts"],
  setupFiles: ["./datasets/testing/no-network.ts"],
};

export default defineConfig({
  test: {
    pool: "forks",
    // By default one processor is left free, which is half of two.
    maxWorkers: availableParallelism(),
    // Loading the same modules anew for each of more than a hundred files took a quarter of the time.
    isolate: false,
    testTimeout: 20_000,
    expect: { requireAssertions: true },
    reporters: ["default", closingLine],
    projects: [
      { extends: true, test: { ...files, name: "suite", include: ["**/*.test.ts"], exclude: [...built, long] } },
      // Whole commands, in processes that are started, stopped and killed, and whole tasks beside the reference.
      { extends: true, test: { ...files, name: "long", include: [long], exclude: built } },
    ],
  },
});
