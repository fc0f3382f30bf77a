import { seconds } from "../option-values.ts";
import type { WatchChoice } from "../watch.ts";
import { defineCommand } from "./definition.ts";
import { checkpointSettings, environmentHelp, prompts, quantize, taskChoice } from "./options.ts";

export const watch = defineCommand<WatchChoice>()({
  name: "watch <folder>",
  description: "evaluate each new checkpoint of a training run, draw the curves, tell the first drop",
  help: `
Folders in FOLDER that hold a model (checkpoint-500, step_1000, epoch-3) are evaluated in the order of the numbers in their
names, each once it is completely written: its JSON files can be read, its weights are as long as their files say, no
shard is missing, and nothing changed for --settle seconds. What was evaluated before is not run again, so the watch can be
stopped (Ctrl-C) and started at will. Nothing is written into a checkpoint.

In RESULTS (one for each training run): results as \`pramana run\` stores them, watch.jsonl with a line for each checkpoint,
and the curves as watch.html and watch.svg, made anew after each.

Each checkpoint is compared with the one that had the best Mean (Task) before it. What is significantly worse is told on
standard error and marked in the curves. Comparison k has the level 0.05 / (k² (k + 1)), so that the chance of any false
alarm in a whole watch is at most 5 % (docs/watch.md).

Ends with 0 when it is stopped while it waits, with 130 when it is stopped in the middle of a checkpoint; --once with 1 when
a checkpoint failed.

Examples:
  pramana watch out/my-run --tasks STSBenchmark,Banking77Classification
  pramana watch out/my-run --tasks STSBenchmark --fail-on-drop || scancel "$JOB"
  pramana watch out/my-run --benchmark pramana-mini --once
${environmentHelp}`,
  options: {
    ...taskChoice,
    results: {
      group: "output",
      value: "folder",
      description: "where results, history and curves go (default: FOLDER/pramana)",
    },
    settle: {
      group: "advanced",
      value: "seconds",
      description: "how long a checkpoint's files may not have changed",
      takes: seconds,
      default: 5,
    },
    every: {
      group: "advanced",
      value: "seconds",
      description: "time between two looks into the folder",
      takes: seconds,
      default: 10,
    },
    once: { group: "measure", description: "evaluate what is there, and end" },
    failOnDrop: {
      group: "output",
      description: "end with 1 at the first significant drop that is found (with --once, after the last checkpoint)",
    },
    ...checkpointSettings,
    quantize,
    prompts,
  },
  run: async (terminal, choice, folder) => (await import("../watch.ts")).watch(folder, choice, terminal),
});
