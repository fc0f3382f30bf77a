import { readFile, writeFile } from "node:fs/promises";
import { builtins } from "./datasets/builtin.ts";
import { cachedRepositories } from "./datasets/cache.ts";
import { InputError, messageOf } from "./datasets/errors.ts";
import { type HubSettings, hubSettings, openSnapshot } from "./datasets/hub.ts";
import { supportedModelTypes } from "./models/architectures/index.ts";
import type { Encoder } from "./models/encoder.ts";
import { openModel } from "./models/index.ts";
import { openKernels } from "./models/ort-kernels.ts";
import { defaultPrompt, namedPrompt } from "./models/prompts.ts";
import { requiredAggregate, withAggregates } from "./reports/aggregates.ts";
import { makeLeaderboard, type RequiredTask, requiredTask } from "./reports/leaderboard.ts";
import { noProgress, plainText, terminalText } from "./reports/progress.ts";
import { leaderboardCsv, leaderboardJson, leaderboardMarkdown } from "./reports/render.ts";
import { type Column, markdownTable } from "./reports/table.ts";
import { taskTable } from "./reports/task-table.ts";
import { readEnvironment } from "./runners/environment.ts";
import type { RunEvent } from "./runners/events.ts";
import type { TaskResult } from "./runners/result.ts";
import { runTasks } from "./runners/run.ts";
import { selectTasks, type TaskChoices } from "./runners/select.ts";
import { readResults, resultFolder, writeModelMeta, writeResult } from "./runners/store.ts";
import { aggregates } from "./tasks/aggregates.ts";
import { benchmarks, benchmarkTasks, getBenchmark } from "./tasks/benchmarks.ts";
import { tasks } from "./tasks/index.ts";
import type { Estimator } from "./tasks/task.ts";

/** What a command reaches of the world. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes the product to standard output. */
  readonly out: (text: string) => void;
  /** Writes progress and notes to standard error. */
  readonly err: (text: string) => void;
  /** Columns of standard error; absent where it is no terminal. */
  readonly width?: number;
  /** All of standard input. */
  readonly readInput: () => Promise<string>;
  /** Seconds since 1970. */
  readonly now: () => number;
  /** Aborts when the user wants to stop; its reason is what the command then throws. */
  readonly signal: AbortSignal;
}

/** A name or option that the user gave and that does not exist or fit. */
export class UsageError extends InputError {}

interface ModelChoice {
  readonly model: string;
  readonly revision?: string;
  readonly device: "cpu";
  readonly threads: number;
  readonly onnx?: boolean;
}

export interface RunChoice extends ModelChoice, TaskChoices {
  readonly results: string;
  readonly estimator: Estimator;
}

export interface EmbedChoice extends ModelChoice {
  readonly promptName?: string;
  readonly prompt?: string;
  readonly input?: string;
  readonly output?: string;
}

export interface LeaderboardChoice {
  readonly results: readonly string[];
  readonly benchmark?: string;
  readonly format: "md" | "json" | "csv";
}

/** Runs tasks, stores their results, prints their scores. Returns the number of tasks that failed. */
export async function run(choice: RunChoice, terminal: Terminal): Promise<number> {
  const { tasks: chosen, benchmark } = await asUsage(() => selectTasks(choice));
  const required = benchmark === undefined ? chosen.map(requiredTask) : requiredOf(benchmark);
  const left = benchmark === undefined ? [] : getBenchmark(benchmark).unsupported;
  if (left.length > 0) terminal.err(`${benchmark}: not supported and left out: ${left.join(", ")}\n`);
  const emit = progressTo(terminal);
  const hub = hubOf(terminal, emit);
  const encoder = await openEncoder(choice, hub);
  const kernels = await openKernels({ threads: choice.threads });
  try {
    const model = encoder.info.id + variantOf(choice);
    const folder = resultFolder(choice.results, model, encoder.info.revision);
    await writeModelMeta(folder, { ...encoder.info, id: model });
    const plan = { encoder, model, tasks: chosen, estimator: choice.estimator, kernels };
    const store = (result: TaskResult) => writeResult(folder, result);
    const { now, signal } = terminal;
    const results = await runTasks(plan, { hub, environment: readEnvironment(), store, emit, now, signal });
    terminal.err(`results in ${folder}\n`);
    terminal.out(summary(model, encoder.info.revision, results, chosen.map(requiredTask), required));
    return chosen.length - results.length;
  } finally {
    await Promise.all([encoder.close(), kernels.close()]);
  }
}

/** Each task's score and speed, then the means. */
function summary(
  model: string,
  revision: string,
  results: readonly TaskResult[],
  ran: readonly RequiredTask[],
  required: readonly RequiredTask[],
): string {
  const stored = withAggregates(
    results.map((result) => ({ model, revision, result, file: "" })),
    aggregates,
    ran,
  );
  const board = leaderboardMarkdown(makeLeaderboard(stored, [...ran, ...required], required));
  return `${taskTable([{ model, results }], ran)}\n${board}`;
}

/** What changes a run's scores is part of the model's name, so that it never stands in for an official run. */
function variantOf({ onnx, estimator }: RunChoice): string {
  const changes = [...(onnx ? ["onnx"] : []), ...(estimator === "official" ? [] : [`estimator=${estimator}`])];
  return changes.length > 0 ? `[${changes.join(",")}]` : "";
}

/** The columns of a benchmark: its tasks, an aggregate in place of its parts. */
function requiredOf(benchmark: string): readonly RequiredTask[] {
  const chosen = aggregates.filter(({ name }) => getBenchmark(benchmark).aggregates.includes(name));
  const parts = new Set(chosen.flatMap((aggregate) => aggregate.parts));
  const single = benchmarkTasks(benchmark).filter(({ name }) => !parts.has(name));
  return [...single.map(requiredTask), ...chosen.map(requiredAggregate)];
}

/** Turns texts into vectors, JSON to JSON. */
export async function embed(choice: EmbedChoice, terminal: Terminal): Promise<void> {
  const { input, output, promptName } = choice;
  const source = input ?? "standard input";
  const texts = parseTexts(input === undefined ? await terminal.readInput() : await readText("embed", input), source);
  const encoder = await openEncoder(choice, hubOf(terminal, progressTo(terminal)));
  try {
    const named = await asUsage(() => (promptName === undefined ? undefined : namedPrompt(encoder.info, promptName)));
    const { data, rows, dims } = await encoder.encode(texts, {
      prompt: choice.prompt ?? named ?? defaultPrompt(encoder.info),
      signal: terminal.signal,
    });
    const lines = Array.from({ length: rows }, (_, i) =>
      JSON.stringify(Array.from(data.subarray(i * dims, (i + 1) * dims))),
    );
    const json = `[${lines.join(",\n ")}]\n`;
    if (output === undefined) terminal.out(json);
    else await writeFile(output, json);
  } finally {
    await encoder.close();
  }
}

async function readText(subject: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new UsageError(`${subject}: ${path} cannot be read: ${messageOf(error)}`);
  }
}

/** A JSON array of texts. */
function parseTexts(json: string, source: string): string[] {
  const expected = 'a JSON array of texts was expected, such as ["a text", "another"]';
  let texts: unknown;
  try {
    texts = JSON.parse(json);
  } catch (error) {
    throw new UsageError(`embed: ${source} is not JSON (${messageOf(error)}); ${expected}`);
  }
  if (!Array.isArray(texts)) throw new UsageError(`embed: ${source} holds ${typeof texts}; ${expected}`);
  const wrong = texts.findIndex((text) => typeof text !== "string");
  if (wrong >= 0)
    throw new UsageError(`embed: item ${wrong} of ${source} is ${JSON.stringify(texts[wrong])}; ${expected}`);
  return texts;
}

/** Prints the table of all stored results. */
export async function leaderboard(choice: LeaderboardChoice, terminal: Terminal): Promise<void> {
  const { benchmark, format } = choice;
  const required = await asUsage(() => (benchmark === undefined ? undefined : requiredOf(benchmark)));
  const { results, skipped } = await readResults(choice.results, terminal.now());
  for (const { file, reason } of skipped) terminal.err(`skipped ${file}: ${reason}\n`);
  const known = [...tasks.map(requiredTask), ...aggregates.map(requiredAggregate)];
  const board = makeLeaderboard(withAggregates(results, aggregates, known), known, required);
  const render = { md: leaderboardMarkdown, csv: leaderboardCsv, json: leaderboardJson }[format];
  if (format !== "md") for (const note of board.notes) terminal.err(`${note}\n`);
  terminal.out(render(board));
}

const left = (heading: string): Column => ({ heading, align: "left" });

export function listTasks({ out }: Terminal): void {
  const memberships = (name: string): string =>
    benchmarks
      .filter((one) => one.tasks.includes(name))
      .map((one) => one.name)
      .join(", ");
  const columns = ["Task", "Type", "Data set", "Subsets", "Main score", "Benchmarks"].map(left);
  const rows = tasks.map(({ name, type, dataset, languages, mainScore }) => [
    name,
    type,
    dataset.path,
    Object.keys(languages).join(", "),
    mainScore,
    memberships(name),
  ]);
  out(markdownTable(columns, rows));
}

export function listBenchmarks({ out }: Terminal): void {
  const columns = ["Benchmark", "Tasks", "Not supported", "Description"].map(left);
  out(
    markdownTable(
      columns,
      benchmarks.map(({ name, tasks: members, unsupported, description }) => [
        name,
        String(members.length),
        unsupported.join(", ") || "—",
        description,
      ]),
    ),
  );
}

export async function listModels({ out, env }: Terminal): Promise<void> {
  const { cacheDir } = hubSettings(env);
  const own = builtins.filter(({ kind }) => kind === "model").map(({ id }) => id);
  const cached = (await cachedRepositories("model", cacheDir)).filter((id) => !own.includes(id));
  const rows = [...own.map((id) => [id, "built in"]), ...cached.map((id) => [id, "in the cache"])];
  out(markdownTable(["Model", "Where"].map(left), rows));
  out(
    `\nAny sentence-transformers or transformers repository of these families runs: ${supportedModelTypes.join(", ")}; static embeddings too. With --onnx, any that ships onnx/model.onnx.\n`,
  );
}

async function openEncoder(
  { model, revision, device, threads, onnx }: ModelChoice,
  hub: HubSettings,
): Promise<Encoder> {
  const snapshot = await asUsage(() => openSnapshot({ kind: "model", id: model, revision }, hub));
  return openModel(snapshot, { device, threads, exported: onnx === true });
}

/** What the user named does not exist: wrong usage, not a failure. */
async function asUsage<Value>(find: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await find();
  } catch (error) {
    throw error instanceof InputError ? new UsageError(error.message) : error;
  }
}

function hubOf({ env, signal }: Terminal, emit: (event: RunEvent) => void): HubSettings {
  const settings = hubSettings(env);
  return { ...settings, signal, onProgress: (progress) => emit({ kind: "downloading", ...progress }) };
}

const clearLine = "\r\u001b[K";

/** Shows events: a line that changes in a terminal, plain lines elsewhere. */
function progressTo({ err, width, now }: Terminal): (event: RunEvent) => void {
  let progress = noProgress;
  return (event) => {
    const shown =
      width === undefined
        ? { live: "", ...plainText(event, progress, now()) }
        : terminalText(event, progress, now(), width);
    progress = shown.progress;
    const lines = shown.lines.map((line) => `${line}\n`).join("");
    err(width === undefined ? lines : clearLine + lines + shown.live);
  };
}
