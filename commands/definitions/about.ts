import { parseDevice } from "../../models/runtime/device.ts";
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
    { flags: "--format <format>", description: "form of the list", choices: ["text", "json"], default: "text" },
  ],
  run: async (terminal, options) => (await import("../doctor.ts")).doctor(options, terminal),
};

export const tasks: CommandDefinition = {
  name: "tasks",
  description: "list the tasks",
  run: async (terminal) => always((await import("../lists.ts")).listTasks(terminal)),
};

export const models: CommandDefinition = {
  name: "models",
  description: "list models that are at hand, and the families that can be run",
  run: async (terminal) => always((await import("../lists.ts")).listModels(terminal)),
};

export const benchmarks: CommandDefinition = {
  name: "benchmarks",
  description: "list the benchmarks",
  run: async (terminal) => always((await import("../lists.ts")).listBenchmarks(terminal)),
};
