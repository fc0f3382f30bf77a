import { parseDevice } from "../../models/runtime/device.ts";
import { doctorFormats, namesOf } from "../formats.ts";
import { always, type CommandDefinition } from "./definition.ts";

export const doctor: CommandDefinition = {
  name: "doctor",
  description: "tell what is installed and what is missing",
  help: `
Every line that is missing something names the step that mends it. Without --device the status is 0.

Example:
  pramana doctor --device cuda
`,
  options: [
    { flags: "--device <device>", description: "end with status 1 where this cannot work", parse: parseDevice },
    { flags: "--format <format>", description: "form of the list", choices: namesOf(doctorFormats), default: "text" },
  ],
  run: async (terminal, options) => (await import("../doctor.ts")).doctor(options, terminal),
};

export const tasks: CommandDefinition = {
  name: "tasks",
  description: "list the tasks",
  help: `
Each with its type, main score (the one that tables show), benchmarks, data set and subsets; in a terminal, as much of that
as fits. Tasks of your own come from files (--task-file of other commands, docs/custom-tasks.md).

Examples:
  pramana tasks | grep Reranking
  pramana run --model sentence-transformers/all-MiniLM-L6-v2 --tasks STSBenchmark,SciFact
`,
  run: async (terminal) => always((await import("../lists.ts")).listTasks(terminal)),
};

export const models: CommandDefinition = {
  name: "models",
  description: "list models that are at hand, and the families that can be run",
  help: `
At hand are the built-in model and those in the Hugging Face cache; any other repository is fetched when it is first run,
and a model may be a folder (docs/models.md).

Example:
  pramana run --model pramana/static-minilm-128 --benchmark pramana-mini
`,
  run: async (terminal) => always((await import("../lists.ts")).listModels(terminal)),
};

export const benchmarks: CommandDefinition = {
  name: "benchmarks",
  description: "list the benchmarks",
  help: `
Tasks counts what is run. In tables the twelve forums of CQADupStack are one task, as in mteb.

Examples:
  pramana run --model sentence-transformers/all-MiniLM-L6-v2 --benchmark NanoBEIR
  pramana leaderboard --benchmark "MTEB(eng, v2)" --baselines
`,
  run: async (terminal) => always((await import("../lists.ts")).listBenchmarks(terminal)),
};
