import { placesOver } from "../../reports/places.ts";
import type { Selection } from "../../reports/selection.ts";
import { countable, oneOf } from "../../runners/setting.ts";
import type { BaselinesChoice, PullChoice } from "../baselines.ts";
import { boardEndings } from "../formats.ts";
import type { LeaderboardChoice } from "../leaderboard.ts";
import { names } from "../option-values.ts";
import type { ReportChoice } from "../report.ts";
import { always, defineCommand, type Options } from "./definition.ts";
import { boardForm, shownResults, withBench } from "./options.ts";

/** A part of the results. */
const chosenRows = {
  tasks: {
    group: "measure",
    value: "names",
    description: "only these of the tasks, separated by commas",
    parse: names,
  },
  models: {
    group: "measure",
    value: "names",
    description: "only these models, ORG/NAME or NAME, separated by commas",
    parse: names,
  },
} satisfies Options<Pick<Selection, "tasks" | "models">>;

export const leaderboard = defineCommand<LeaderboardChoice>()({
  name: "leaderboard",
  description: "compare the models whose results are stored",
  help: `
Reads results of Pramana and of mteb (RESULTS/ORG__MODEL/REVISION/TASK.json), of any version. Rows are ranked by Borda
count, incomplete ones among them, and revisions of a model are joined, both as mteb does it. A model that lacks a task
has no mean; the lines below the table say what it lacks. In a terminal the table fits the window; piped, it is Markdown.
The means and groups are those that mteb's table of the benchmark has. By language, each split and subset counts once for
each of its languages, and the languages are those of mteb's table, else all.

Examples:
  pramana leaderboard --benchmark "MTEB(eng, v2)" --baselines
  pramana leaderboard --results results --results official --output table.csv table.md
  pramana leaderboard --benchmark "MTEB(Multilingual, v2)" --by language --languages German,French
  pramana leaderboard --by task --models all-MiniLM-L6-v2,e5-small-v2 --common --output table.tex
`,
  options: {
    ...shownResults,
    withBench,
    baselines: {
      group: "measure",
      description: "rank the published models beside them, from scores that come with Pramana",
    },
    by: {
      group: "output",
      value: "what",
      description: "in place of the means, the score of each task, or the mean in each language",
      takes: oneOf(["task", "language"]),
      conflicts: ["withBench"],
    },
    tasks: chosenRows.tasks,
    models: { ...chosenRows.models, description: `${chosenRows.models.description}; they are ranked among each other` },
    common: { group: "measure", description: "only the tasks that every row has a score of" },
    places: {
      group: "output",
      value: "over",
      description:
        "how sure the order is: the places that each row may have over other tasks, over other queries of the same tasks " +
        "(default where all rows have samples), or none (docs/ranks.md)",
      takes: oneOf([...placesOver, "none"]),
      conflicts: ["by"],
    },
    sort: {
      group: "output",
      value: "column",
      description: "a column, by its heading or its name in --format json, or a task, in place of the rank",
    },
    languages: {
      group: "measure",
      value: "names",
      description: "beside --by language, these, ISO 639-3 or names, separated by commas",
      parse: names,
    },
    ...boardForm,
    output: {
      group: "output",
      values: "files",
      description: `write the table into files too; their names say the form: ${boardEndings}`,
    },
    verbose: {
      group: "output",
      description: "name every row and file that is left out or lacks tasks, however many they are",
    },
  },
  run: async (terminal, choice) => always((await import("../leaderboard.ts")).leaderboard(choice, terminal)),
});

export const report = defineCommand<ReportChoice>()({
  name: "report",
  description: "write a page of the stored results, one HTML file, and its charts as SVG",
  help: `
The page opens from disk and makes no request. It is for choosing a model: a table to sort and filter, quality against
latency, throughput, memory, bytes per vector or size, weights for what counts for you, a profile of each model, two models
task by task, and the revisions and prompts of the scores. Its address holds what was chosen. Speed is what \`pramana bench\`
measured, of models without scores too (docs/report.md).

With --samples the page goes inside the tasks: behind each score that was run here stand the queries, pairs or rows that
fare worst, and of each run what changed against one of them, which is the first row with samples or the one that is named.
The texts are read from data that are on this machine; nothing is downloaded (\`pramana fetch\`).

Examples:
  pramana report --benchmark "MTEB(eng, v2)" --baselines --output report.html
  pramana report --samples local/checkpoint-400 --output report.html
  pramana report --results results --results official --charts figures
`,
  options: {
    ...shownResults,
    baselines: {
      group: "measure",
      description: "show the published models beside them, from scores that come with Pramana",
    },
    ...chosenRows,
    samples: {
      group: "output",
      optionalValue: "run",
      description:
        "show the queries, pairs or rows behind the scores, and what changed against this run (docs/report.md)",
    },
    top: {
      group: "output",
      value: "number",
      description: "beside --samples, most units of each list (default: 10)",
      takes: countable,
    },
    predictions: {
      group: "measure",
      values: "paths",
      description: "beside --samples, rankings of the runs, which say whose they are: folders or files",
    },
    output: { group: "output", value: "file", description: "the page, HTML" },
    charts: { group: "output", value: "folder", description: "write the charts there, SVG" },
  },
  run: async (terminal, choice) => always((await import("../report.ts")).report(choice, terminal)),
});

export const baselines = defineCommand<BaselinesChoice>()({
  name: "baselines",
  description: "list the published scores that come with Pramana",
  help: `
Examples:
  pramana baselines
  pramana baselines pull Qwen/Qwen3-Embedding-0.6B intfloat/e5-small-v2
  pramana baselines pull BAAI/bge-m3 --benchmark multilingual
  pramana leaderboard --results results --results official
`,
  options: boardForm,
  run: async (terminal, choice) => always((await import("../baselines.ts")).listBaselines(choice, terminal)),
  commands: [
    defineCommand<PullChoice>()({
      name: "pull <models...>",
      description: "fetch official result files of further models from GitHub",
      options: {
        results: { group: "output", value: "folder", description: "where they are stored", default: "official" },
        benchmark: {
          group: "measure",
          value: "name",
          description: "only those of a benchmark's tasks (default: of all tasks)",
        },
      },
      run: async (terminal, choice, models) =>
        (await (await import("../baselines.ts")).pullBaselines(models, choice, terminal)) === 0,
    }),
  ],
});
