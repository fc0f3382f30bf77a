import { oneOf } from "../../runners/setting.ts";
import type { TaskType } from "../../tasks/task.ts";
import { taskTypes } from "../../tasks/types/index.ts";
import type { InitChoice } from "../init.ts";
import { always, defineCommand } from "./definition.ts";

export const init = defineCommand<InitChoice>()({
  name: "init <folder>",
  description: "look at a folder of your own data and write a task file for it",
  help: `
The folder holds CSV, TSV, JSON lines, JSON, parquet or Arrow files, what save_to_disk of datasets wrote, or a corpus in
BEIR's form (corpus.jsonl, queries.jsonl, qrels/test.tsv). Its rows are read; nothing is guessed that could be two things.
See docs/custom-tasks.md.

Examples:
  pramana init my-corpus
  pramana init mail --type Classification --output tasks/mail.json
`,
  options: {
    output: {
      group: "output",
      value: "file",
      description: "where the task file is written (default: beside the folder, FOLDER.json)",
    },
    type: {
      group: "measure",
      value: "type",
      description: "the type of the task, where the data do not tell",
      takes: oneOf(Object.keys(taskTypes) as TaskType[]),
    },
    name: { group: "output", value: "name", description: "name of the task (default: the folder's)" },
    force: { group: "output", description: "replace a file that is there" },
  },
  run: async (terminal, choice, folder) => always((await import("../init.ts")).init(folder, choice, terminal)),
});
