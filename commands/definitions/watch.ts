import { errorLevel, seconds } from "../option-values.ts";
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

--stop-when-sure ends the evaluation of a checkpoint once it is worse for sure: after a small part of the queries, pairs and
rows where it is much worse. It then has no score, in the curves neither. The chance of any false alarm in a whole watch is at
most the number that is given.

A drop stands, whoever has told it before, until --accept-drop names its checkpoint.

--tensorboard, --mlflow, --webhook and --on-drop are told of each checkpoint once, also after a restart (docs/watch.md).

Ends with 0 when it is stopped while it waits, with 130 when it is stopped in the middle of a checkpoint; --once with 1 when
a checkpoint failed, or could not be told.

Examples:
  pramana watch out/my-run --tasks STSBenchmark,Banking77Classification
  pramana watch out/my-run --tasks STSBenchmark --fail-on-drop || scancel "$JOB"
  pramana watch out/my-run --tasks STSBenchmark --tensorboard out/my-run/runs --on-drop 'mail -s "$PRAMANA_MESSAGE" me'
  pramana watch out/my-run --tasks STSBenchmark,Banking77Classification --stop-when-sure 0.05
  pramana watch out/my-run --benchmark pramana-mini --once
  pramana watch out/my-run --tasks STSBenchmark --once --accept-drop checkpoint-3000
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
      description: "end with 1 where a significant drop stands: at once, or with --once after the last checkpoint",
    },
    stopWhenSure: {
      group: "measure",
      value: "error",
      description:
        "end the evaluation of a checkpoint once it is worse for sure, with this chance of a false alarm in the whole watch: 0.05",
      takes: errorLevel,
    },
    acceptDrop: {
      group: "output",
      value: "checkpoint",
      description: "accept its drop, and those before; later checkpoints are held against the best one from it on",
    },
    tensorboard: { group: "output", value: "folder", description: "write the curves as event files, for TensorBoard" },
    mlflow: { group: "output", value: "url", description: "log the curves to a run of an MLflow server" },
    webhook: { group: "output", value: "url", description: "send JSON about each checkpoint there" },
    onDrop: {
      group: "output",
      value: "command",
      description: "run this in a shell at each drop, with JSON on its standard input",
    },
    ...checkpointSettings,
    quantize,
    prompts,
  },
  run: async (terminal, choice, folder) => (await import("../watch.ts")).watch(folder, choice, terminal),
});
