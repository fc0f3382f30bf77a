import { orders } from "../../reports/examination/examine.ts";
import { countable, oneOf } from "../../runners/setting.ts";
import { samplesFormats } from "../formats.ts";
import { names } from "../option-values.ts";
import type { SamplesChoice } from "../samples-choice.ts";
import { always, defineCommand } from "./definition.ts";
import { environmentHelp, formatOption, runsIn, taskFile } from "./options.ts";

export const samples = defineCommand<SamplesChoice>()({
  name: "samples <base> [candidate]",
  description: "show which queries, pairs or rows of a task got worse, and what may explain it",
  help: `
Runs are named as for \`pramana compare\`. Of each unit of the task (a query, a pair, a row) it shows the texts, which are read
from the data set, what is right, and what each run made of it; of all units, which slices (subset, right answer, length,
cut or whole, with unknown tokens or without) change otherwise than the rest; and what of the two models, prompts, settings
and data may explain it. With one run, what fares worst. Of several tasks, and of two runs without --task, it shows in which
of them the units changed most. Ranks and neighbours of queries come from the rankings that
\`pramana run --save-predictions FOLDER\` writes. docs/answers.md says how to read it.

Examples:
  pramana samples local/checkpoint-400 local/checkpoint-500
  pramana samples local/checkpoint-400 local/checkpoint-500 --task Banking77Classification
  pramana samples intfloat/e5-small-v2 --task STSBenchmark --top 5
  pramana samples a/base a/new --task SciFact --by flipped --predictions rankings/base rankings/new
${environmentHelp}`,
  options: {
    task: {
      group: "measure",
      value: "name",
      description: "the task that is looked at (default: all that both runs have, in a table of what changed in each)",
      parse: names,
      many: "commas",
    },
    results: { group: "measure", ...runsIn },
    by: {
      group: "output",
      value: "order",
      description: `which units are shown first: ${orders.join(", ")} (default: worse; of one run, worst)`,
      takes: oneOf(orders),
    },
    top: { group: "output", value: "number", description: "most units that are shown", takes: countable, default: 10 },
    predictions: {
      group: "measure",
      values: "paths",
      description: "rankings of the base and, after it, of the candidate: folders or files",
    },
    baseModel: {
      group: "model",
      value: "id-or-folder",
      description: "where the base's files lie, if its name does not say it",
    },
    candidateModel: { group: "model", value: "id-or-folder", description: "the same of the candidate" },
    taskFile,
    format: { ...formatOption(samplesFormats, "form of the report"), default: "text" },
  },
  run: async (terminal, choice, base, candidate) =>
    always((await import("../samples.ts")).samples({ base, candidate }, choice, terminal)),
});
