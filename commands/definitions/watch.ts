import { seconds } from "../option-values.ts";
import type { CommandDefinition } from "./definition.ts";
import { environmentHelp, modelSettings, prompts, quantize, storedIn, taskChoice } from "./options.ts";

/** A checkpoint has no revisions but its content. */
const settings = modelSettings.filter(({ flags }) => !flags.startsWith("--revision"));

export const watch: CommandDefinition = {
  name: "watch <folder>",
  description: "evaluate each new checkpoint of a training run, draw the curves, tell the first drop",
  help: `
Folders in FOLDER that hold a model (checkpoint-500, step_1000, epoch-3) are evaluated in the order of the numbers in their
names, each once it is completely written: its JSON files can be read, its safetensors files are as long as they say, no
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
  options: [
    ...taskChoice,
    { flags: storedIn.flags, description: "where results, history and curves go (default: FOLDER/pramana)" },
    {
      flags: "--settle <seconds>",
      description: "how long a checkpoint's files may not have changed",
      parse: seconds,
      default: 5,
    },
    { flags: "--every <seconds>", description: "time between two looks into the folder", parse: seconds, default: 10 },
    { flags: "--once", description: "evaluate what is there, and end" },
    {
      flags: "--fail-on-drop",
      description: "end with 1 at the first significant drop that is found (with --once, after the last checkpoint)",
    },
    ...settings,
    quantize,
    prompts,
  ],
  run: async (terminal, options, folder) => (await import("../watch.ts")).watch(folder, options, terminal),
};
