import { quickSize, standardQuick } from "../../reports/prediction/quick-size.ts";
import { notQueued } from "../../runners/queue/not-queued.ts";
import { standardShardSize } from "../../runners/queue/shard-size.ts";
import { oneOf, positive, settings } from "../../runners/setting.ts";
import { standardTopK } from "../../tasks/task.ts";
import { configFile } from "../config/name.ts";
import { dryRunFormats, namesOf, reproductionFormats, runEndings, runFormats } from "../formats.ts";
import { errorLevel, folder, names, numbers, points } from "../option-values.ts";
import type { ReproduceOptions } from "../reproduce.ts";
import { prepareRun } from "../run-ahead.ts";
import type { RunOptions } from "../run-options.ts";
import { type CommandDefinition, defineCommand } from "./definition.ts";
import {
  caching,
  failIf,
  fittedFormatOption,
  formatOption,
  keepingEnvironmentHelp,
  mixed,
  model,
  modelOrPair,
  modelSettings,
  name,
  overwrite,
  pairSettings,
  prompts,
  quantize,
  queue,
  queueEnvironmentHelp,
  store,
  storedIn,
  taskChoice,
} from "./options.ts";

export const run: CommandDefinition = defineCommand<RunOptions>()({
  name: "run",
  description: "run tasks, store their scores, print a table",
  help: `
A model is a sentence-transformers or transformers repository of the Hub, or a folder; or bm25, a lexical baseline for
retrieval, reranking, instruction retrieval, and instruction reranking; or ADDRESS#NAME, a model behind an
OpenAI-compatible API; or precomputed:FOLDER, vectors made elsewhere (docs/adapters.md). Scores go to
RESULTS/ORG__MODEL/REVISION/TASK.json in mteb's format, as soon as a task is done; the table to standard output. What is stored is not run again: a run that was stopped goes on (docs/surviving.md). A run begins
only where all data can be had; \`pramana fetch\` downloads them ahead, and --dry-run counts them (docs/planning.md).

Without a model and tasks it runs the sample, a built-in model on pramana-mini. With a model alone it tells what
MTEB(eng, v2) would take and asks, and is refused where nobody can be asked.

Examples:
  pramana run
  pramana run --model sentence-transformers/all-MiniLM-L6-v2 --tasks STSBenchmark,Banking77Classification
  pramana run --model ./checkpoint-500 --benchmark pramana-mini --results runs
  pramana run --model ./checkpoint-400 --model ./checkpoint-500 --tasks STSBenchmark --format json > scores.json
  pramana run --model BAAI/bge-m3 --benchmark "MTEB(Multilingual, v2)" --languages deu,fra --dry-run
  pramana run --model bm25 --tasks SciFact,NFCorpus
  pramana run --model bm25+BAAI/bge-small-en-v1.5 --fusion rrf --tasks SciFact
  pramana run --model ./checkpoint-500 --benchmark "MTEB(eng, v2)" --limit 50
  pramana run --model ./checkpoint-500 --benchmark "MTEB(eng, v2)" --quick
  pramana run --model 'http://127.0.0.1:8080/v1#BAAI/bge-m3' --tasks STSBenchmark
  pramana run --query-model MongoDB/mdbr-leaf-ir --document-model Snowflake/snowflake-arctic-embed-m-v1.5 \\
    --tasks SciFact --dimensions 256 --quantize int8
  pramana run --model BAAI/bge-m3 --benchmark "MTEB(eng, v2)" --queue redis://queue-host:6379 --store /shared/pramana
${keepingEnvironmentHelp}${queueEnvironmentHelp}`,
  options: {
    ...modelOrPair,
    model: {
      ...modelOrPair.model,
      description: `${modelOrPair.model.description}; given several times, one runs after the other`,
      parse: (text: string, before: RunOptions["model"] = []) => [...before, text],
      many: "repeated",
    },
    name,
    fusion: {
      group: "model",
      value: "rule",
      description:
        "fuse the rankings of --model A+B: rrf (reciprocal ranks, constant 60), rrf:K, or minmax (docs/kinds.md)",
    },
    weights: {
      group: "model",
      value: "numbers",
      description: "weight of each of these models, separated by commas (default: equal ones)",
      parse: numbers,
      many: "commas",
    },
    ...taskChoice,
    results: storedIn,
    overwrite,
    mixed,
    ...pairSettings,
    quantize,
    prompts,
    estimator: {
      group: "advanced",
      value: "name",
      description: "the official learners, or those of ml.js as a second opinion",
      takes: settings.estimator,
      default: "official",
    },
    firstStage: {
      group: "model",
      value: "model-or-file",
      description:
        "in retrieval, rank anew the best documents of a model, or of predictions (a file or folder of --save-predictions)",
    },
    topK: {
      group: "model",
      value: "number",
      description: `how many of these for each query (default: ${standardTopK})`,
      takes: settings.topK,
    },
    savePredictions: {
      group: "output",
      value: "folder",
      description: "run every task, and write each query's ranking there in mteb's form, TASK_predictions.json",
      parse: folder,
    },
    limit: {
      group: "measure",
      value: "number",
      description:
        "a first look: at most so many drawn queries, pairs or rows a subset: model[limit=100] (docs/limit.md)",
      takes: settings.limit,
    },
    quick: {
      group: "measure",
      optionalValue: "tasks",
      description: `run the ${standardQuick}, or so many, tasks that predict the means of --benchmark best, and predict these (docs/quick.md)`,
      takes: quickSize,
      conflicts: ["tasks", "languages", "taskFile", "limit", "firstStage"],
    },
    queue: { ...queue, conflicts: notQueued },
    store,
    hardware: {
      group: "advanced",
      value: "name",
      description:
        "beside --queue, the hardware that does it, as pramana status names it, where workers differ in that",
    },
    shardSize: {
      group: "speed",
      value: "documents",
      description: `beside --queue, cut corpora of more documents into shards of whole pieces (default: ${standardShardSize})`,
      takes: positive,
      // What they tell is of one machine, which cuts no corpus.
      conflicts: ["dryRun", "explain"],
    },
    samples: {
      group: "output",
      negated: true,
      description: "do not store the outcome of each query, pair and row (docs/samples.md)",
    },
    ...caching,
    skipMissing: {
      group: "measure",
      description: "run the other tasks where the data of some cannot be had (docs/planning.md)",
    },
    dryRun: {
      group: "measure",
      optionalValue: "form",
      description: "tell what is cached and what is missing, how many texts there are, how long it takes; run nothing",
      takes: oneOf(namesOf(dryRunFormats)),
    },
    explain: { group: "measure", description: "print what is put before the texts of each task, and run nothing" },
    format: formatOption(runFormats, "form of the scores (default: a table that fits the window; piped, md)"),
    output: {
      group: "output",
      values: "files",
      description: `write the scores into files too; their names say the form: ${runEndings}`,
    },
    base: {
      group: "output",
      value: "run",
      description: "compare each model with this stored run afterwards, MODEL or MODEL@REVISION (docs/compare.md)",
    },
    failIf: { ...failIf, description: `beside --base, ${failIf.description}` },
    stopWhenSure: {
      group: "measure",
      value: "error",
      description:
        "beside --base, score only as many units as tell, with this error, how the model stands: 0.05 (docs/stopping.md)",
      takes: errorLevel,
    },
    config: {
      group: "advanced",
      value: "file",
      description: `a file of these options (default: ${configFile} where there is one; none: no file; docs/config.md)`,
    },
  },
  complete: async (choice, given, terminal) => {
    prepareRun(choice);
    return (await import("../config/complete.ts")).completeFromFile(choice, given, run.options, terminal);
  },
  run: async (terminal, choice) => (await (await import("../run.ts")).run(choice, terminal)) === 0,
});

/** Options that ask for a run, or whose results are stored under a name of their own. */
const changes = [
  "kind",
  "precision",
  "onnx",
  "modelConfig",
  "maxTokens",
  "dimensions",
  "prompts",
  "overwrite",
] as const;

export const reproduce = defineCommand<ReproduceOptions>()({
  name: "reproduce",
  description: "run tasks and compare their scores with the official ones",
  help: `
Official scores are those of the files in --official, in mteb's layout (\`pramana baselines pull\` fetches them), and where
these have none, those built in of the published table (\`pramana baselines\`). Without --tasks or --benchmark, every task of
MTEB(eng, v2) with an official score is run. Ends with 1 where a score is off by more than the tolerance, or missing.

Tolerance in points, a hundredth of a score: 0.05 in classification, multilabel classification, and regression (a row of
2,000 that crosses a border), 0.1 in clustering and bitext mining, 0.01 elsewhere (near-equal neighbours that change
places): what other processors and libraries move. Official files themselves are rounded to 0.0001.

--explain runs tasks again, each time with one thing changed (data revision of the official file, prompts, precision, most
tokens, estimator), and prints which lands nearest to the official score. Nothing of that is stored. Where transformers 4
and 5 make other vectors of the model's files, it says so.

Examples:
  pramana reproduce --model BAAI/bge-base-en-v1.5 --tasks STS12,ArguAna
  pramana reproduce --model ./bge-copy --as BAAI/bge-base-en-v1.5 --explain
  pramana reproduce --model BAAI/bge-base-en-v1.5 --stored --format json
${keepingEnvironmentHelp}`,
  options: {
    model: { ...model, required: true },
    as: {
      group: "measure",
      value: "model",
      description: "the model whose official scores count, where --model is a folder",
    },
    ...taskChoice,
    benchmark: { ...taskChoice.benchmark, description: "the tasks of a benchmark (default: MTEB(eng, v2))" },
    ...modelSettings,
    prompts,
    ...caching,
    results: storedIn,
    overwrite,
    official: {
      group: "measure",
      value: "folder",
      description: "official result files (default: official, if there is such a folder)",
    },
    stored: {
      group: "measure",
      description: "compare what is stored under the model's name, and run nothing",
      conflicts: changes,
    },
    tolerance: {
      group: "measure",
      value: "points",
      description: "how far a score may be off (default: by task type, below)",
      takes: points,
    },
    explain: {
      group: "measure",
      optionalValue: "tasks",
      description: "run these tasks, or all that differ, on variants, one change at a time",
      parse: names,
    },
    format: fittedFormatOption(reproductionFormats, "table"),
  },
  run: async (terminal, choice) => (await import("../reproduce.ts")).reproduce(choice, terminal),
});
