import { asUsage } from "../../datasets/errors.ts";
import { parseDevice } from "../../models/runtime/providers/parse.ts";
import type { BenchmarkListChoice } from "../benchmarks.ts";
import type { CacheListChoice } from "../cache.ts";
import type { CacheCheckChoice } from "../cache-verify.ts";
import type { CheckChoice } from "../check.ts";
import type { DoctorChoice } from "../doctor.ts";
import { cacheCheckFormats, cacheFormats, checkFormats, doctorFormats, listFormats, modelFormats } from "../formats.ts";
import type { ModelListChoice, TaskListChoice } from "../lists.ts";
import type { ShowModelChoice } from "../models-show.ts";
import { names } from "../option-values.ts";
import { always, defineCommand } from "./definition.ts";
import { environmentHelp, fittedFormatOption, formatOption, modelSettings } from "./options.ts";

export const cache = defineCommand<CacheListChoice>()({
  name: "cache",
  description: "tell what vectors and scores are kept between runs",
  help: `
\`run\` and \`reproduce\` keep each text's vector, so that no later run of the same model has to make it again; see
docs/cache.md. \`leaderboard\` keeps the main scores of large folders of results. The folder is PRAMANA_CACHE, or else
pramana in XDG_CACHE_HOME or in ~/.cache.

Examples:
  pramana cache
  pramana cache clear
  pramana cache clear sentence-transformers/all-MiniLM-L6-v2
`,
  options: {
    format: { ...formatOption(cacheFormats, "form of the list"), default: "text" },
  },
  run: async (terminal, choice) => always((await import("../cache.ts")).showCache(choice, terminal)),
  commands: [
    defineCommand()({
      name: "clear [model]",
      description: "remove them: all, or the vectors of one model",
      options: {},
      run: async (terminal, _choice, model) => always((await import("../cache.ts")).clearCache(model, terminal)),
    }),
    defineCommand<CacheCheckChoice>()({
      name: "verify",
      description: "compare cached files, vectors and stored results with their checksums",
      help: `
Reads all files of the Hugging Face cache and all vectors; nothing is changed. The status is 1 where one is damaged.

Examples:
  pramana cache verify
  pramana cache verify --results results
`,
      options: {
        results: {
          group: "output",
          values: "folders",
          description: "compare the results and samples of these folders too",
        },
        format: { ...formatOption(cacheCheckFormats, "form of the report"), default: "text" },
      },
      run: async (terminal, choice) => (await import("../cache-verify.ts")).verifyCache(choice, terminal),
    }),
  ],
});

export const doctor = defineCommand<DoctorChoice>()({
  name: "doctor",
  description: "tell what is installed and what is missing",
  help: `
Every line that is missing something names the step that mends it. Without --device the status is 0.

Example:
  pramana doctor --device cuda
`,
  options: {
    device: {
      group: "speed",
      value: "device",
      description: "end with status 1 where this cannot work",
      parse: parseDevice,
    },
    format: { ...formatOption(doctorFormats, "form of the list"), default: "text" },
  },
  run: async (terminal, choice) => (await import("../doctor.ts")).doctor(choice, terminal),
});

export const check = defineCommand<CheckChoice>()({
  name: "check <tasks-or-files...>",
  description: "tell what is wrong with the data of tasks",
  help: `
Reads what a run would read, and tells what is peculiar: judgements of documents that are not there, ids and rows that come
again, also with small changes or the other way round, test rows among the training rows or in another split, labels that
contradict each other, texts that are empty, garbled, cut or in another language, and more (docs/findings.md). No model is
needed. With --results, stored results of two models or more are asked too: rows whose label all of them call another one,
queries that none solves, and the scores with and without what was found (docs/data-quality.md). What may be right all the
same is told apart. None of it changes how a task is scored. Takes names of tasks, also with commas between them, and task
files (.json). Ends with 1 where rows cannot be scored at all; findings alone are no failure.

Examples:
  pramana check Banking77Classification,SciFact
  pramana check STSBenchmark --results results --list faults.csv
  pramana check SciFact --results results --predictions rankings/one rankings/other
  pramana check docs/examples/ferry-mail.json --format json
`,
  options: {
    results: {
      group: "measure",
      values: "folder",
      description: "stored results, whose models are asked what they make of the rows",
    },
    predictions: {
      group: "measure",
      values: "paths",
      description: "rankings of several models, of --save-predictions: folders or files, one for each",
    },
    list: {
      group: "output",
      value: "file",
      description: "write a line for each finding, with its texts: .csv or .jsonl",
    },
    format: { ...formatOption(checkFormats, "form of the report"), default: "text" },
  },
  run: async (terminal, choice, names) => (await import("../check.ts")).check(names, choice, terminal),
});

export const tasks = defineCommand<TaskListChoice>()({
  name: "tasks [part]",
  description: "list the tasks, or those with a part of a name",
  help: `
Each with its type, main score (the one that tables show), benchmarks, data set and subsets; in a terminal, as much of that
as fits. With --benchmark, the subsets that it measures, and why those of its tasks that are left out cannot be run; names are
those of \`pramana benchmarks\`, other names of theirs and parts of them, such as multilingual. Tasks of your own come from files (--task-file of other commands, docs/custom-tasks.md).

Examples:
  pramana tasks banking
  pramana tasks --type Reranking --languages deu,French
  pramana tasks --benchmark multilingual --format json
  pramana tasks --type Retrieval --domain Medical
  pramana run --model sentence-transformers/all-MiniLM-L6-v2 --tasks STSBenchmark,SciFact
`,
  options: {
    type: { group: "measure", value: "type", description: "tasks of a type" },
    languages: {
      group: "measure",
      value: "names",
      description: "subsets in these languages, ISO 639-3 or names, separated by commas",
      parse: names,
    },
    benchmark: { group: "measure", value: "name", description: "tasks of a benchmark" },
    domain: {
      group: "measure",
      value: "name",
      description: "tasks whose texts are of a domain, by mteb's words, such as Legal",
    },
    format: fittedFormatOption(listFormats, "list"),
  },
  run: async (terminal, choice, part) =>
    always(await asUsage(async () => (await import("../lists.ts")).listTasks(choice, terminal, part))),
});

export const models = defineCommand<ModelListChoice>()({
  name: "models",
  description: "list models that are at hand, and the families that can be run",
  help: `
At hand are the built-in model and those in the Hugging Face cache; any other repository is fetched when it is first run,
and a model may be a folder (docs/models.md).

Examples:
  pramana models
  pramana models show sentence-transformers/all-MiniLM-L6-v2
  pramana run --model pramana/static-minilm-128 --benchmark pramana-mini
`,
  options: {
    format: fittedFormatOption(listFormats, "list"),
  },
  run: async (terminal, choice) => always((await import("../lists.ts")).listModels(choice, terminal)),
  commands: [
    defineCommand<ShowModelChoice>()({
      name: "show <id-or-folder>",
      description: "tell what a repository runs as: its architecture, pooling, tokens, prompts and limits",
      help: `
Reads the settings of a repository or folder as a run does, and tells what comes of them: which way attention looks and who
says so, the modules, what is put before and after a text, the longest input and which file sets it, prompts and where they
are from, which keys of each file are honoured, and what a run assumes or leaves out. Weights are looked at where they are
in the cache; they are not fetched. Ends with 1 where the repository is refused, with the reason and what is known besides.

Examples:
  pramana models show sentence-transformers/all-MiniLM-L6-v2
  pramana models show ./my-model --model-config is_causal=false
  pramana models show acme/model --revision v2 --format json
${environmentHelp}`,
      options: {
        revision: modelSettings.revision,
        kind: modelSettings.kind,
        modelConfig: modelSettings.modelConfig,
        maxTokens: modelSettings.maxTokens,
        format: { ...formatOption(modelFormats, "form of the description"), default: "text" },
      },
      run: async (terminal, choice, id) => (await import("../models-show.ts")).showModel(id, choice, terminal),
    }),
  ],
});

export const benchmarks = defineCommand<BenchmarkListChoice>()({
  name: "benchmarks [name]",
  description: "list the benchmarks, or tell what one is made of",
  help: `
Tasks counts the columns of tables, where the twelve forums of CQADupStack are one task, as in mteb, and how many of them can
be run where that is not all. With a name, also another name of a benchmark or a part of one: its tasks by type, languages,
groups, what its table shows, and why tasks of it cannot be run. Benchmarks of your own come from files (--task-file of
other commands, docs/custom-tasks.md).

Examples:
  pramana benchmarks --languages German --type Retrieval
  pramana benchmarks multilingual
  pramana run --model sentence-transformers/all-MiniLM-L6-v2 --benchmark NanoBEIR
`,
  options: {
    type: { group: "measure", value: "type", description: "benchmarks with tasks of a type" },
    languages: {
      group: "measure",
      value: "names",
      description: "benchmarks with subsets in these languages, ISO 639-3 or names, separated by commas",
      parse: names,
    },
    format: fittedFormatOption(listFormats, "list"),
  },
  run: async (terminal, choice, name) =>
    always(
      await asUsage(async () => {
        const { listBenchmarks, showBenchmark } = await import("../benchmarks.ts");
        return name === undefined ? listBenchmarks(choice, terminal) : showBenchmark(name, choice, terminal);
      }),
    ),
});
