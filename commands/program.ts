import { availableParallelism } from "node:os";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { messageOf } from "../datasets/errors.ts";
import { quantizations } from "../models/forms/quantization.ts";
import { parseDevice } from "../models/runtime/device.ts";
import { precisions } from "../models/runtime/precision.ts";
import { pramanaVersion } from "../runners/environment.ts";
import {
  baselinesHelp,
  benchHelp,
  boardHelp,
  doctorHelp,
  embedHelp,
  reportHelp,
  reproduceHelp,
  runHelp,
  textsHelp,
} from "./help.ts";
import { configValue, names, points, positive, positives, seconds } from "./option-values.ts";
import type { Terminal } from "./terminal.ts";

/** What a command needs is loaded when it is called: half a second for some, which the others are spared. */
const commands = {
  baselines: () => import("./baselines.ts"),
  bench: () => import("./bench.ts"),
  doctor: () => import("./doctor.ts"),
  embed: () => import("./embed.ts"),
  leaderboard: () => import("./leaderboard.ts"),
  lists: () => import("./lists.ts"),
  report: () => import("./report.ts"),
  reproduce: () => import("./reproduce.ts"),
  run: () => import("./run.ts"),
  texts: () => import("./texts.ts"),
};

/** A parser of an option's text; its complaint becomes the command line's. */
const checked =
  <Value>(parse: (text: string, previous?: Value) => Value) =>
  (text: string, previous?: Value): Value => {
    try {
      return parse(text, previous);
    } catch (error) {
      throw new InvalidArgumentError(messageOf(error));
    }
  };

const deviceOption = new Option("--device <device>", "cpu, cuda (every visible GPU) or cuda:N (docs/cuda.md)")
  .argParser(checked(parseDevice))
  .default("cpu");
const modelOption = (): Option => new Option("--model <id-or-folder>", "repository on the Hub, or folder");
const pair = ["queryModel", "documentModel"];
const revisionOption = new Option("--revision <revision>", "branch, tag or commit (default: main)").conflicts(pair);
const dimensionsOption = new Option(
  "--dimensions <number>",
  "cut vectors to their first values and normalize them again: model@256d",
).argParser(checked(positive));
const quantizeOption = new Option("--quantize <type>", "quantize vectors before they are scored: model[int8]").choices(
  quantizations,
);
const threadsOption = new Option("--threads <number>", "threads of one operator")
  .argParser(checked(positive))
  .default(availableParallelism(), "all processors");
const onnxOption = new Option(
  "--onnx",
  "run the repository's own onnx/model.onnx, not a graph written from its weights",
);
const precisionOption = new Option(
  "--precision <precision>",
  "in what the model computes (default: fp32, on GPUs as stored; docs/precision.md)",
).choices(precisions);
const maxTokensOption = new Option(
  "--max-tokens <number>",
  "cut texts after this many tokens, not after the repository's number: model[maxTokens=128]",
).argParser(checked(positive));
const modelConfigOption = new Option(
  "--model-config <key=value>",
  "put over the model's config.json, such as is_causal=false (docs/models.md); can be repeated",
).argParser(checked(configValue));

/** Adds a command to the program. */
type AddCommand = (name: string, description: string, help?: string) => Command;

/** What a command does: whether all of it went well. */
type Finish = (succeeded: boolean) => void;

/** The options that choose tasks. */
const withTasks = (command: Command): Command =>
  command
    .addOption(new Option("--tasks <names>", "tasks, separated by commas").argParser(names))
    .addOption(new Option("--benchmark <name>", "the tasks of a benchmark (default: MTEB(eng, v2))").conflicts("tasks"))
    .option("--task-file <files...>", "tasks of your own, JSON or a module (docs/custom-tasks.md)");

/** The options that say how a model runs, and in which form its vectors are taken. */
const withModelSettings = (command: Command): Command =>
  command
    .addOption(revisionOption)
    .addOption(deviceOption)
    .addOption(threadsOption)
    .addOption(precisionOption)
    .addOption(onnxOption)
    .addOption(modelConfigOption)
    .addOption(maxTokensOption)
    .addOption(dimensionsOption);

/** The options that name a model, or a pair of them. */
const withModelOrPair = (command: Command): Command =>
  command
    .addOption(modelOption().conflicts(pair))
    .option("--query-model <id-or-folder>", "model of the queries, beside --document-model, instead of --model")
    .option("--document-model <id-or-folder>", "model of the documents, beside --query-model, instead of --model");

function addRun(add: AddCommand, terminal: Terminal, finish: Finish): void {
  const command = withModelOrPair(add("run", "run tasks, store their scores, print a table", runHelp));
  withModelSettings(withTasks(command).option("--results <folder>", "where results are stored", "results"))
    .addOption(quantizeOption)
    .option("--prompts <file-or-model>", "prompts in place of the model's own (docs/prompts.md)")
    .addOption(
      new Option("--estimator <name>", "the official learners, or those of ml.js as a second opinion")
        .choices(["official", "ml"])
        .default("official"),
    )
    .option("--explain", "print what is put before the texts of each task, and run nothing")
    .action(async (options) => finish((await (await commands.run()).run(options, terminal)) === 0));
}

/** Options whose results are stored under a name of their own. */
const changes = ["precision", "onnx", "modelConfig", "maxTokens", "dimensions", "prompts"];

function addReproduce(add: AddCommand, terminal: Terminal, finish: Finish): void {
  const command = add("reproduce", "run tasks and compare their scores with the official ones", reproduceHelp)
    .addOption(modelOption().makeOptionMandatory())
    .option("--as <model>", "the model whose official scores count, where --model is a folder");
  withModelSettings(withTasks(command))
    .option("--prompts <file-or-model>", "prompts in place of the model's own (docs/prompts.md)")
    .option("--results <folder>", "where results are stored", "results")
    .option("--official <folder>", "official result files (default: official, if there is such a folder)")
    .addOption(
      new Option("--stored", "compare what is stored under the model's name, and run nothing").conflicts(changes),
    )
    .addOption(
      new Option("--tolerance <points>", "how far a score may be off (default: by task type, below)").argParser(
        checked(points),
      ),
    )
    .addOption(
      new Option(
        "--explain [tasks]",
        "run these tasks, or all that differ, on variants, one change at a time",
      ).argParser(names),
    )
    .addOption(new Option("--format <format>", "form of the table").choices(["md", "json"]).default("md"))
    .action(async (options) =>
      finish(await (await commands.reproduce()).reproduce({ ...options, estimator: "official" }, terminal)),
    );
}

function addEmbed(add: AddCommand, terminal: Terminal): void {
  const command = add("embed", "turn a JSON array of texts into a JSON array of vectors", embedHelp)
    .addOption(modelOption().makeOptionMandatory())
    .addOption(new Option("--prompt-name <name>", "one of the model's prompts").conflicts("prompt"))
    .option("--prompt <text>", "put this before every text")
    .option("--input <file>", "JSON file of texts (default: standard input)")
    .option("--output <file>", "JSON file of vectors (default: standard output)");
  withModelSettings(command).action(async (options) => (await commands.embed()).embed(options, terminal));
}

function addBench(add: AddCommand, terminal: Terminal): void {
  const command = withModelOrPair(add("bench", "measure latency, throughput, loading and memory", benchHelp));
  withModelSettings(command)
    .option("--results <folder>", "where the record is stored, beside the model's results", "results")
    .addOption(
      new Option("--lengths <tokens>", "tokens of a text, as far as the model's limit goes")
        .argParser(checked(positives))
        .default([8, 32, 128, 512], "8,32,128,512"),
    )
    .addOption(
      new Option("--batch-sizes <texts>", "texts of a call")
        .argParser(checked(positives))
        .default([1, 8, 32, 128], "1,8,32,128"),
    )
    .addOption(
      new Option("--repeats <number>", "rounds through all that is measured").argParser(checked(positive)).default(5),
    )
    .addOption(
      new Option("--budget <seconds>", "seconds for each cell in each round").argParser(checked(seconds)).default(0.4),
    )
    .option("--texts <file>", "your own texts as the corpus: a JSON array, or JSON lines")
    .addOption(new Option("--format <format>", "form of the record (default: a table)").choices(["md", "json"]))
    .action(async (options) => (await commands.bench()).bench(options, terminal));
}

function addTexts(add: AddCommand, terminal: Terminal): void {
  withTasks(add("texts", "write the texts that tasks need vectors of, for vectors made elsewhere", textsHelp))
    .requiredOption("--output <file>", "JSON lines")
    .addOption(threadsOption)
    .action(async (options) => (await commands.texts()).writeTexts(options, terminal));
}

const formatOption = new Option(
  "--format <format>",
  "form of the table (default: one that fits the window; piped, md)",
).choices(["md", "csv", "json", "html"]);
const columnsOption = new Option("--columns <choice>", "all, or those of the published table in its order")
  .choices(["all", "published"])
  .default("all");

/** The commands that show results. */
function addReports(add: AddCommand, terminal: Terminal, finish: Finish): void {
  add("leaderboard", "compare the models whose results are stored", boardHelp)
    .option("--results <folder...>", "folders of results", ["results"])
    .option("--benchmark <name>", "the tasks of a benchmark (default: every task that has a result)")
    .option(
      "--with-bench",
      "add latency and throughput, as far as they were measured on equal hardware (docs/bench.md)",
    )
    .option("--baselines", "rank the published models beside them, from scores that come with Pramana")
    .addOption(formatOption)
    .addOption(columnsOption)
    .action(async (options) => (await commands.leaderboard()).leaderboard(options, terminal));
  add("report", "write a page of the stored results, one HTML file, and its charts as SVG", reportHelp)
    .option("--results <folder...>", "folders of results", ["results"])
    .option("--benchmark <name>", "the tasks of a benchmark (default: every task that has a result)")
    .option("--baselines", "show the published models beside them, from scores that come with Pramana")
    .option("--output <file>", "the page, HTML")
    .option("--charts <folder>", "write the charts there, SVG")
    .action(async (options) => (await commands.report()).report(options, terminal));
  const baselines = add("baselines", "list the published scores that come with Pramana", baselinesHelp)
    .addOption(formatOption)
    .addOption(columnsOption)
    .action(async (options) => (await commands.baselines()).listBaselines(options, terminal));
  baselines
    .command("pull <models...>")
    .description("fetch official result files of further models from GitHub")
    .option("--results <folder>", "where they are stored", "official")
    .action(async (models, options) =>
      finish((await (await commands.baselines()).pullBaselines(models, options, terminal)) === 0),
    );
}

function addDoctor(add: AddCommand, terminal: Terminal, finish: Finish): void {
  add("doctor", "tell what is installed and what is missing", doctorHelp)
    .addOption(
      new Option("--device <device>", "end with status 1 where this cannot work").argParser(checked(parseDevice)),
    )
    .addOption(new Option("--format <format>", "form of the list").choices(["text", "json"]).default("text"))
    .action(async (options) => finish(await (await commands.doctor()).doctor(options, terminal)));
}

function addLists(add: AddCommand, terminal: Terminal): void {
  add("tasks", "list the tasks").action(async () => (await commands.lists()).listTasks(terminal));
  add("models", "list models that are at hand, and the families that can be run").action(async () =>
    (await commands.lists()).listModels(terminal),
  );
  add("benchmarks", "list the benchmarks").action(async () => (await commands.lists()).listBenchmarks(terminal));
}

/**
 * Does what the arguments say.
 * @returns whether all of it went well
 * @throws what the command throws, and what `endOfParsing` knows for arguments that cannot be understood
 */
export async function runProgram(terminal: Terminal, argv: readonly string[]): Promise<boolean> {
  const program = new Command("pramana")
    .description("Evaluates text-embedding models: MTEB's official numbers on ONNX Runtime.")
    .version(pramanaVersion())
    .configureHelp({ helpWidth: 110 })
    .showHelpAfterError("(--help shows what there is)");
  const add: AddCommand = (name, description, help = "") =>
    program.command(name).description(description).addHelpText("after", help).allowExcessArguments(false);
  let succeeded = true;
  const finish: Finish = (well) => {
    succeeded = well;
  };
  addRun(add, terminal, finish);
  addReproduce(add, terminal, finish);
  addEmbed(add, terminal);
  addBench(add, terminal);
  addTexts(add, terminal);
  addReports(add, terminal, finish);
  addDoctor(add, terminal, finish);
  addLists(add, terminal);
  exitOnError(program);
  await program.parseAsync(argv);
  return succeeded;
}

/** Errors of parsing come back as exceptions, in all commands. */
function exitOnError(command: Command): void {
  command.exitOverride();
  for (const below of command.commands) exitOnError(below);
}

/** What the parser of arguments ends with, having told the user: help that was asked for, or a fault. */
export function endOfParsing(error: unknown): "shown" | "fault" | undefined {
  if (!(error instanceof CommanderError)) return undefined;
  return error.exitCode === 0 ? "shown" : "fault";
}
