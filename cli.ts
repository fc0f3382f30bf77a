#!/usr/bin/env node
import { availableParallelism } from "node:os";
import { text } from "node:stream/consumers";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { embed } from "./commands/embed.ts";
import { leaderboard } from "./commands/leaderboard.ts";
import { listBenchmarks, listModels, listTasks } from "./commands/lists.ts";
import { run } from "./commands/run.ts";
import { type Terminal, UsageError } from "./commands/terminal.ts";
import { writeTexts } from "./commands/texts.ts";
import { InputError, messageOf } from "./datasets/errors.ts";
import { pramanaVersion } from "./runners/environment.ts";

const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

function positive(value: string): number {
  const number = Number(value);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError("A whole number above 0 was expected.");
}

const names = (value: string): string[] =>
  value
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "");

const environmentHelp = `
Environment:
  HF_HOME, HF_HUB_CACHE   where repositories of the Hub are kept (default ~/.cache/huggingface/hub)
  HF_HUB_OFFLINE=1        use what is there, make no request
  HF_TOKEN, HF_ENDPOINT   access token and address of the Hub
  PRAMANA_API_KEY         key for a model behind an address (for api.openai.com, OPENAI_API_KEY will do)
`;

const runHelp = `
A model is a sentence-transformers or transformers repository of the Hub, or a folder; or bm25, a lexical baseline for
retrieval and reranking; or ADDRESS#NAME, a model behind an OpenAI-compatible API; or precomputed:FOLDER, vectors made
elsewhere (docs/adapters.md). Scores go to RESULTS/ORG__MODEL/REVISION/TASK.json in mteb's format, as soon as a task is
done; the table to standard output.

Examples:
  pramana run --model sentence-transformers/all-MiniLM-L6-v2 --tasks STSBenchmark,Banking77Classification
  pramana run --model ./checkpoint-500 --benchmark pramana-mini --results runs
  pramana run --model bm25 --tasks SciFact,NFCorpus
  pramana run --model 'http://127.0.0.1:8080/v1#BAAI/bge-m3' --tasks STSBenchmark
${environmentHelp}`;

const embedHelp = `
Examples:
  echo '["a text", "another"]' | pramana embed --model sentence-transformers/all-MiniLM-L6-v2
  pramana embed --model ./checkpoint-500 --prompt-name query --input texts.json --output vectors.json
${environmentHelp}`;

const textsHelp = `
Writes each text once: as a JSON text, or where a task tells queries from documents as {"text": "…", "role": "query"}.
Embed them line by line, write the vectors as vectors.npy beside the file, and name the folder:

Example:
  pramana texts --tasks STSBenchmark --output vectors/texts.jsonl
  pramana run --tasks STSBenchmark --model precomputed:vectors
`;

const boardHelp = `
Reads results of Pramana and of mteb (RESULTS/ORG__MODEL/REVISION/TASK.json). A model that lacks a task has no mean; the
lines below the table say what it lacks.

Example:
  pramana leaderboard --results results --results ../official --format csv > table.csv
`;

const modelOption = new Option("--model <id-or-folder>", "repository on the Hub, or folder").makeOptionMandatory();
const revisionOption = new Option("--revision <revision>", "branch, tag or commit (default: main)");
const deviceOption = new Option("--device <device>", "where the model runs").choices(["cpu"]).default("cpu");
const threadsOption = new Option("--threads <number>", "threads of one operator")
  .argParser(positive)
  .default(availableParallelism(), "all processors");
const onnxOption = new Option(
  "--onnx",
  "run the repository's own onnx/model.onnx, not a graph written from its weights",
);

/** The options that choose tasks. */
const withTasks = (command: Command): Command =>
  command
    .addOption(new Option("--tasks <names>", "tasks, separated by commas").argParser(names))
    .addOption(new Option("--benchmark <name>", "the tasks of a benchmark (default: MTEB(eng, v2))").conflicts("tasks"))
    .option("--task-file <files...>", "tasks of your own, JSON or a module (docs/custom-tasks.md)");

function createCli(terminal: Terminal, finish: (code: number) => void): Command {
  const program = new Command("pramana")
    .description("Evaluates text-embedding models: MTEB's official numbers on ONNX Runtime.")
    .version(pramanaVersion())
    .configureHelp({ helpWidth: 110 })
    .showHelpAfterError("(--help shows what there is)");
  const command = (name: string, description: string, help = ""): Command =>
    program.command(name).description(description).addHelpText("after", help).allowExcessArguments(false);

  withTasks(command("run", "run tasks, store their scores, print a table", runHelp).addOption(modelOption))
    .addOption(revisionOption)
    .option("--results <folder>", "where results are stored", "results")
    .addOption(deviceOption)
    .addOption(
      new Option("--estimator <name>", "the official learners, or those of ml.js as a second opinion")
        .choices(["official", "ml"])
        .default("official"),
    )
    .addOption(threadsOption)
    .addOption(onnxOption)
    .action(async (options) => finish((await run(options, terminal)) === 0 ? exitCodes.done : exitCodes.failed));
  command("embed", "turn a JSON array of texts into a JSON array of vectors", embedHelp)
    .addOption(modelOption)
    .addOption(new Option("--prompt-name <name>", "one of the model's prompts").conflicts("prompt"))
    .option("--prompt <text>", "put this before every text")
    .option("--input <file>", "JSON file of texts (default: standard input)")
    .option("--output <file>", "JSON file of vectors (default: standard output)")
    .addOption(revisionOption)
    .addOption(deviceOption)
    .addOption(threadsOption)
    .addOption(onnxOption)
    .action((options) => embed(options, terminal));
  withTasks(command("texts", "write the texts that tasks need vectors of, for vectors made elsewhere", textsHelp))
    .requiredOption("--output <file>", "JSON lines")
    .addOption(threadsOption)
    .action((options) => writeTexts(options, terminal));
  command("leaderboard", "compare the models whose results are stored", boardHelp)
    .option("--results <folder...>", "folders of results", ["results"])
    .option("--benchmark <name>", "the tasks of a benchmark (default: every task that has a result)")
    .addOption(new Option("--format <format>", "form of the table").choices(["md", "json", "csv"]).default("md"))
    .action((options) => leaderboard(options, terminal));
  command("tasks", "list the tasks").action(() => listTasks(terminal));
  command("models", "list models that are at hand, and the families that can be run").action(() =>
    listModels(terminal),
  );
  command("benchmarks", "list the benchmarks").action(() => listBenchmarks(terminal));
  return exitOnError(program);
}

/** Lets errors of parsing come back as exceptions, in all commands. */
function exitOnError(program: Command): Command {
  for (const command of [program, ...program.commands]) command.exitOverride();
  return program;
}

/** Tells an error to the user; what is not his to put right comes with its place. */
function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  if (error instanceof Interrupted) {
    console.error("\npramana: stopped; the results of finished tasks are stored");
    return exitCodes.interrupted;
  }
  if (error instanceof InputError) console.error(`pramana: ${error.message}`);
  else
    console.error(
      `pramana: an error of its own, please report it: ${error instanceof Error ? error.stack : messageOf(error)}`,
    );
  return error instanceof UsageError ? exitCodes.usage : exitCodes.failed;
}

/** Ctrl-C: the batch at work is finished, files are closed, then the program ends; at once when pressed again. */
function stopOnInterrupt(): AbortSignal {
  const controller = new AbortController();
  process.once("SIGINT", () => {
    controller.abort(new Interrupted());
    process.once("SIGINT", () => process.kill(process.pid, "SIGKILL"));
  });
  return controller.signal;
}

class Interrupted extends Error {}

async function main(): Promise<number> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    // The reader of a pipe had enough; that is no failure.
    if (error.code === "EPIPE") process.exit(exitCodes.done);
  });
  const terminal: Terminal = {
    env: process.env,
    out: (written) => void process.stdout.write(written),
    err: (written) => void process.stderr.write(written),
    ...(process.stderr.isTTY ? { width: process.stderr.columns } : {}),
    readInput: () => text(process.stdin),
    now: () => Date.now() / 1000,
    signal: stopOnInterrupt(),
  };
  let code: number = exitCodes.done;
  try {
    await createCli(terminal, (finished) => {
      code = finished;
    }).parseAsync();
    return code;
  } catch (error) {
    return exitCodeOf(error);
  }
}

process.exitCode = await main();
