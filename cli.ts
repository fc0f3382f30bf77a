#!/usr/bin/env node
import { availableParallelism } from "node:os";
import { text } from "node:stream/consumers";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { type Terminal, UsageError } from "./commands/terminal.ts";
import { InputError, messageOf } from "./datasets/errors.ts";
import { pramanaVersion } from "./runners/environment.ts";

/** What a command needs is loaded when it is called: half a second for some, which the others are spared. */
const commands = {
  baselines: () => import("./commands/baselines.ts"),
  embed: () => import("./commands/embed.ts"),
  leaderboard: () => import("./commands/leaderboard.ts"),
  lists: () => import("./commands/lists.ts"),
  run: () => import("./commands/run.ts"),
};

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
`;

const runHelp = `
A model is a sentence-transformers or transformers repository of the Hub, or a folder. Scores go to
RESULTS/ORG__MODEL/REVISION/TASK.json in mteb's format, as soon as a task is done; the table to standard output.

Examples:
  pramana run --model sentence-transformers/all-MiniLM-L6-v2 --tasks STSBenchmark,Banking77Classification
  pramana run --model ./checkpoint-500 --benchmark pramana-mini --results runs
${environmentHelp}`;

const embedHelp = `
Examples:
  echo '["a text", "another"]' | pramana embed --model sentence-transformers/all-MiniLM-L6-v2
  pramana embed --model ./checkpoint-500 --prompt-name query --input texts.json --output vectors.json
${environmentHelp}`;

const boardHelp = `
Reads results of Pramana and of mteb (RESULTS/ORG__MODEL/REVISION/TASK.json), of any version. Rows are ranked by Borda
count; revisions of a model are joined as mteb does it. A model that lacks a task has no mean and no rank; the lines
below the table say what it lacks. In a terminal the table fits the window; piped, it is Markdown.

Examples:
  pramana leaderboard --benchmark "MTEB(eng, v2)" --baselines
  pramana leaderboard --results results --results official --format csv > table.csv
`;

const baselinesHelp = `
Examples:
  pramana baselines
  pramana baselines pull Qwen/Qwen3-Embedding-0.6B intfloat/e5-small-v2
  pramana leaderboard --results results --results official
`;

const formatOption = new Option(
  "--format <format>",
  "form of the table (default: one that fits the window; piped, md)",
).choices(["md", "csv", "json", "html"]);
const columnsOption = new Option("--columns <choice>", "all, or those of the published table in its order")
  .choices(["all", "published"])
  .default("all");
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

function createCli(terminal: Terminal, finish: (code: number) => void): Command {
  const program = new Command("pramana")
    .description("Evaluates text-embedding models: MTEB's official numbers on ONNX Runtime.")
    .version(pramanaVersion())
    .configureHelp({ helpWidth: 110 })
    .showHelpAfterError("(--help shows what there is)");
  const command: MakeCommand = (name, description, help = "") =>
    program.command(name).description(description).addHelpText("after", help).allowExcessArguments(false);

  command("run", "run tasks, store their scores, print a table", runHelp)
    .addOption(modelOption)
    .addOption(new Option("--tasks <names>", "tasks, separated by commas").argParser(names))
    .addOption(new Option("--benchmark <name>", "the tasks of a benchmark (default: MTEB(eng, v2))").conflicts("tasks"))
    .option("--task-file <files...>", "tasks of your own, JSON or a module (docs/custom-tasks.md)")
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
    .action(async (options) =>
      finish((await (await commands.run()).run(options, terminal)) === 0 ? exitCodes.done : exitCodes.failed),
    );
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
    .action(async (options) => (await commands.embed()).embed(options, terminal));
  addReports(command, terminal, finish);
  command("tasks", "list the tasks").action(async () => (await commands.lists()).listTasks(terminal));
  command("models", "list models that are at hand, and the families that can be run").action(async () =>
    (await commands.lists()).listModels(terminal),
  );
  command("benchmarks", "list the benchmarks").action(async () => (await commands.lists()).listBenchmarks(terminal));
  return exitOnError(program);
}

type MakeCommand = (name: string, description: string, help?: string) => Command;

/** The commands that show results. */
function addReports(command: MakeCommand, terminal: Terminal, finish: (code: number) => void): void {
  command("leaderboard", "compare the models whose results are stored", boardHelp)
    .option("--results <folder...>", "folders of results", ["results"])
    .option("--benchmark <name>", "the tasks of a benchmark (default: every task that has a result)")
    .option("--baselines", "rank the published models beside them, from scores that come with Pramana")
    .addOption(formatOption)
    .addOption(columnsOption)
    .action(async (options) => (await commands.leaderboard()).leaderboard(options, terminal));
  const baselines = command("baselines", "list the published scores that come with Pramana", baselinesHelp)
    .addOption(formatOption)
    .addOption(columnsOption)
    .action(async (options) => (await commands.baselines()).listBaselines(options, terminal));
  baselines
    .command("pull <models...>")
    .description("fetch official result files of further models from GitHub")
    .option("--results <folder>", "where they are stored", "official")
    .action(async (models, options) =>
      finish(
        (await (await commands.baselines()).pullBaselines(models, options, terminal)) === 0
          ? exitCodes.done
          : exitCodes.failed,
      ),
    );
}

/** Lets errors of parsing come back as exceptions, in all commands. */
function exitOnError(program: Command): Command {
  program.exitOverride();
  for (const command of program.commands) exitOnError(command);
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
    ...(process.stdout.isTTY ? { outWidth: process.stdout.columns } : {}),
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
