import { availableParallelism } from "node:os";
import { quantizations } from "../../models/forms/quantization.ts";
import { parseDevice } from "../../models/runtime/device.ts";
import { precisions } from "../../models/runtime/precision.ts";
import { boardFormats, namesOf } from "../formats.ts";
import { configValue, folder, names, positive } from "../option-values.ts";
import type { OptionDefinition } from "./definition.ts";

export const environmentHelp = `
Environment:
  HF_HOME, HF_HUB_CACHE   where repositories of the Hub are kept (default ~/.cache/huggingface/hub)
  HF_HUB_OFFLINE=1        use what is there, make no request
  HF_TOKEN, HF_ENDPOINT   access token and address of the Hub
  PRAMANA_API_KEY         key for a model behind an address (for api.openai.com, OPENAI_API_KEY will do)
`;

/** Of the commands that keep vectors. */
export const keepingEnvironmentHelp = `${environmentHelp}  PRAMANA_CACHE           folder of kept vectors (default ~/.cache/pramana)
`;

const pair = ["queryModel", "documentModel"];

export const model: OptionDefinition = {
  flags: "--model <id-or-folder>",
  description: "repository on the Hub, or folder",
};

/** They name a model, or a pair of them. */
export const modelOrPair: readonly OptionDefinition[] = [
  { ...model, conflicts: pair },
  {
    flags: "--query-model <id-or-folder>",
    description: "model of the queries, beside --document-model, instead of --model",
  },
  {
    flags: "--document-model <id-or-folder>",
    description: "model of the documents, beside --query-model, instead of --model",
  },
];

const taskFile: OptionDefinition = {
  flags: "--task-file <files...>",
  description: "tasks of your own, JSON or a module (docs/custom-tasks.md)",
};

/** They choose tasks. */
export const taskChoice: readonly OptionDefinition[] = [
  { flags: "--tasks <names>", description: "tasks, separated by commas", parse: names },
  {
    flags: "--benchmark <name>",
    description: "the tasks of a benchmark (default: MTEB(eng, v2))",
    conflicts: ["tasks"],
  },
  taskFile,
];

export const threads: OptionDefinition = {
  flags: "--threads <number>",
  description: "threads of one operator",
  parse: positive,
  default: availableParallelism(),
  defaultText: "all processors",
};

/** They say how a model runs, and in which form its vectors are taken. */
export const modelSettings: readonly OptionDefinition[] = [
  { flags: "--revision <revision>", description: "branch, tag or commit (default: main)", conflicts: pair },
  {
    flags: "--device <device>",
    description: "cpu, cuda (every visible GPU) or cuda:N (docs/cuda.md)",
    parse: parseDevice,
    default: "cpu",
  },
  threads,
  {
    flags: "--precision <precision>",
    description: "in what the model computes (default: fp32, on GPUs as stored; docs/precision.md)",
    choices: precisions,
  },
  { flags: "--onnx", description: "run the repository's own onnx/model.onnx, not a graph written from its weights" },
  {
    flags: "--model-config <key=value>",
    description: "put over the model's config.json, such as is_causal=false (docs/models.md); can be repeated",
    parse: configValue,
  },
  {
    flags: "--max-tokens <number>",
    description: "cut texts after this many tokens, not after the repository's number: model[maxTokens=128]",
    parse: positive,
  },
  {
    flags: "--dimensions <number>",
    description: "cut vectors to their first values and normalize them again: model@256d",
    parse: positive,
  },
];

export const quantize: OptionDefinition = {
  flags: "--quantize <type>",
  description: "quantize vectors before they are scored: model[int8]",
  choices: quantizations,
};

export const prompts: OptionDefinition = {
  flags: "--prompts <file-or-model>",
  description: "prompts in place of the model's own (docs/prompts.md)",
};

export const storedIn: OptionDefinition = {
  flags: "--results <folder>",
  description: "where results are stored",
  parse: folder,
  default: "results",
};

export const overwrite: OptionDefinition = {
  flags: "--overwrite",
  description: "run every task, also those whose results are stored (docs/surviving.md)",
};

/** They choose the results that a table or page shows. */
export const shownResults: readonly OptionDefinition[] = [
  { flags: "--results <folder...>", description: "folders of results", default: ["results"] },
  {
    flags: "--benchmark <name>",
    description: "the tasks of a benchmark (default: every task that has a result)",
  },
  taskFile,
];

export const withBench: OptionDefinition = {
  flags: "--with-bench",
  description: "add latency and throughput, as far as they were measured on equal hardware (docs/bench.md)",
};

/** They say how a leaderboard is written. */
export const boardForm: readonly OptionDefinition[] = [
  {
    flags: "--format <format>",
    description: "form of the table (default: one that fits the window; piped, md)",
    choices: namesOf(boardFormats),
  },
  {
    flags: "--columns <choice>",
    description: "all, or those of the published table in its order",
    choices: ["all", "published"],
    default: "all",
  },
];
