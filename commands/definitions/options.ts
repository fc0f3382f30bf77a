import { availableParallelism } from "node:os";
import { defaultLimit } from "../../models/cache/settings.ts";
import { defaultDevice, deviceHelp } from "../../models/runtime/providers/index.ts";
import { parseDevice } from "../../models/runtime/providers/parse.ts";
import { parseRule, type Rule } from "../../reports/comparison/rule.ts";
import type { MeasureChoice } from "../../runners/measure.ts";
import type { CacheChoice, ModelChoice, ModelSettings } from "../../runners/model/open-model.ts";
import type { TaskChoices } from "../../runners/select.ts";
import { oneOf, settings } from "../../runners/setting.ts";
import type { CompareChoice } from "../compare.ts";
import { boardFormats, namesOf } from "../formats.ts";
import type { LeaderboardChoice } from "../leaderboard.ts";
import { configValue, folder, names, size } from "../option-values.ts";
import type { RunChoice } from "../run-options.ts";
import type { OptionFor, Options } from "./definition.ts";

export const environmentHelp = `
Environment:
  HF_HOME, HF_HUB_CACHE   where repositories of the Hub are kept (default ~/.cache/huggingface/hub)
  HF_HUB_OFFLINE=1        use what is there, make no request
  HF_TOKEN, HF_ENDPOINT   access token and address of the Hub
  HTTPS_PROXY, NO_PROXY   proxy, and hosts that are asked without it; more in docs/hub.md
  PRAMANA_API_KEY         key for a model behind an address (for api.openai.com, OPENAI_API_KEY will do)
`;

/** The same for commands that keep vectors. */
export const keepingEnvironmentHelp = `${environmentHelp}  PRAMANA_CACHE           folder of kept vectors (default ~/.cache/pramana)
`;

/** Variables of commands that reach a queue. */
export const queueEnvironmentHelp = `  PRAMANA_QUEUE_USER, PRAMANA_QUEUE_PASSWORD
                          who asks the queue
`;

export const queue = {
  group: "speed",
  value: "address",
  description: "Redis or Valkey server whose workers do the work, redis://HOST:PORT or rediss:// (docs/cluster.md)",
} satisfies OptionFor<RunChoice, "queue">;

export const store = {
  group: "speed",
  value: "folder-or-s3",
  description: "what all machines share: a folder, or s3://BUCKET/PREFIX",
} satisfies OptionFor<RunChoice, "store">;

const pair = ["queryModel", "documentModel"] as const;

export const model = {
  group: "model",
  value: "id-or-folder",
  description: "repository on the Hub, or folder",
} satisfies OptionFor<ModelChoice, "model">;

/** Options that name a model, or a pair of them. */
export const modelOrPair = {
  model: { ...model, conflicts: pair },
  queryModel: {
    group: "model",
    value: "id-or-folder",
    description: "model of the queries, beside --document-model, instead of --model",
  },
  documentModel: {
    group: "model",
    value: "id-or-folder",
    description: "model of the documents, beside --query-model, instead of --model",
  },
} satisfies Options<Pick<ModelChoice, "model" | "queryModel" | "documentModel">>;

export const name = {
  group: "model",
  value: "org/model",
  description: "name of a folder or address in results, with --revision of its state (docs/results.md#names)",
  conflicts: pair,
} satisfies OptionFor<RunChoice, "name">;

export const taskFile = {
  group: "measure",
  values: "files",
  description: "tasks and benchmarks of your own, JSON or a module (docs/custom-tasks.md)",
} satisfies OptionFor<TaskChoices, "taskFile">;

/** Options that choose tasks. */
export const taskChoice = {
  tasks: { group: "measure", value: "names", description: "tasks, separated by commas", parse: names, many: "commas" },
  benchmark: {
    group: "measure",
    value: "name",
    description: "the tasks of a benchmark; beside --tasks, what it measures of these",
  },
  languages: {
    group: "measure",
    value: "names",
    description: "of these tasks the subsets in these languages, ISO 639-3 or names, separated by commas",
    parse: names,
    many: "commas",
  },
  taskFile,
} satisfies Options<TaskChoices>;

export const threads = {
  group: "speed",
  value: "number",
  description: "threads of one operator",
  takes: settings.threads,
  default: availableParallelism(),
  defaultText: "all processors",
} satisfies OptionFor<ModelSettings, "threads">;

/** Options for how a model without revisions runs, and for the variant of it that is taken. */
export const checkpointSettings = {
  device: { group: "speed", value: "device", description: deviceHelp, parse: parseDevice, default: defaultDevice },
  threads,
  kind: {
    group: "advanced",
    value: "kind",
    description: "what the model is, where its files do not tell it (docs/kinds.md)",
    takes: settings.kind,
  },
  precision: {
    group: "speed",
    value: "precision",
    description: "in what the model computes (default: fp32, on GPUs as stored; docs/precision.md)",
    takes: settings.precision,
  },
  onnx: {
    group: "advanced",
    description: "run the repository's own onnx/model.onnx, not a graph written from its weights",
  },
  modelConfig: {
    group: "advanced",
    value: "key=value",
    description: "put over the model's config.json, such as is_causal=false (docs/models.md); can be repeated",
    parse: configValue,
    many: "pairs",
  },
  maxTokens: {
    group: "advanced",
    value: "number",
    description: "cut texts after this many tokens, not after the repository's number: model[maxTokens=128]",
    takes: settings.maxTokens,
  },
  dimensions: {
    group: "model",
    value: "number",
    description: "cut vectors to their first values and normalize them again: model@256d",
    takes: settings.dimensions,
  },
} satisfies Options<Omit<ModelSettings, "revision">>;

const revision = {
  group: "model",
  value: "revision",
  description: "branch, tag or commit (default: main)",
} satisfies OptionFor<ModelSettings, "revision">;

/** Options for how a model runs, and for the variant of it that is taken. */
export const modelSettings = { revision, ...checkpointSettings } satisfies Options<ModelSettings>;

/** The same where a pair of models may be named, which takes no revision. */
export const pairSettings = { ...modelSettings, revision: { ...revision, conflicts: pair } };

export const quantize = {
  group: "model",
  value: "type",
  description: "quantize vectors before they are scored: model[int8]",
  takes: settings.quantize,
} satisfies OptionFor<MeasureChoice, "quantize">;

export const prompts = {
  group: "model",
  value: "file-or-model",
  description: "prompts in place of the model's own (docs/prompts.md)",
} satisfies OptionFor<RunChoice, "prompts">;

export const storedIn = {
  group: "output",
  value: "folder",
  description: "where results are stored",
  parse: folder,
  default: "results",
} satisfies OptionFor<RunChoice, "results">;

export const failIf = {
  group: "output",
  value: "rule",
  description: 'end with 1 where this holds, such as "overall < -0.2"; can be repeated',
  parse: (text: string, rules: readonly Rule[] = []) => [...rules, parseRule(text)],
  many: "repeated",
} satisfies OptionFor<CompareChoice, "failIf">;

export const overwrite = {
  group: "measure",
  description: "run every task, also those whose results are stored (docs/surviving.md)",
} satisfies OptionFor<MeasureChoice, "overwrite">;

export const mixed = {
  group: "advanced",
  description: "go on with subsets that were scored on hardware that rounds differently, and say so (docs/results.md)",
} satisfies OptionFor<MeasureChoice, "mixed">;

/** Options for the vectors that are kept between runs. */
export const caching = {
  cache: {
    group: "speed",
    negated: true,
    description: "embed every text, and keep no vectors for later runs (docs/cache.md)",
  },
  cacheSize: {
    group: "speed",
    value: "size",
    description: "most bytes of kept vectors, such as 20GB; 0: as --no-cache",
    parse: size,
    default: defaultLimit,
    defaultText: "10GB",
  },
} satisfies Options<CacheChoice>;

/** Options that choose the results that a table or page shows. */
export const shownResults = {
  results: { group: "output", values: "folder", description: "folders of results", default: ["results"] },
  benchmark: {
    group: "measure",
    value: "name",
    description: "the tasks of a benchmark (default: every task that has a result)",
  },
  taskFile,
} satisfies Options<Pick<LeaderboardChoice, "results" | "benchmark" | "taskFile">>;

export const withBench = {
  group: "output",
  description: "add latency and throughput, as far as they were measured on equal hardware (docs/bench.md)",
} satisfies OptionFor<LeaderboardChoice, "withBench">;

/** Folders in which stored runs are found by their models' names. */
export const runsIn = {
  values: "folder",
  description: "where runs are looked for by name",
  default: ["results"],
} as const;

/** Returns the option that takes the names of a command's forms. */
export const formatOption = <Name extends string>(formats: Readonly<Record<Name, unknown>>, description: string) => ({
  group: "output" as const,
  value: "format",
  description,
  takes: oneOf(namesOf(formats)),
});

/** Returns the option of a command that writes a table, or a list, fitted to the window. */
export const fittedFormatOption = <Name extends string>(formats: Readonly<Record<Name, unknown>>, what: string) =>
  formatOption(formats, `form of the ${what} (default: one that fits the window; piped, md)`);

/** The form of a leaderboard. */
const boardFormat = fittedFormatOption(boardFormats, "table");
export const boardForm = {
  format: {
    ...boardFormat,
    takes: { ...boardFormat.takes, elsewhere: { html: "A page is what `pramana report --output FILE` writes" } },
  },
} satisfies Options<Pick<LeaderboardChoice, "format">>;
