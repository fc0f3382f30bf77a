import { performance } from "node:perf_hooks";
import { asUsage, InputError, UsageError } from "../datasets/errors.ts";
import { parseEndpoint } from "../models/endpoint/address.ts";
import { pause } from "../models/endpoint/request.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import type { FoundDevice } from "../models/runtime/providers/provider.ts";
import { writeBench } from "../runners/bench/file.ts";
import { isRemote, type ServingRecord, type ServingSettings } from "../runners/bench/serving/record.ts";
import { isAddress, openServer, type Served, serveModel } from "../runners/bench/serving/served.ts";
import { measureServing } from "../runners/bench/serving/sweep.ts";
import { textStream } from "../runners/bench/serving/texts.ts";
import { readEnvironment } from "../runners/environment.ts";
import { endpointKey, refuseRepositoryOptions } from "../runners/model/adapters.ts";
import { acceleratorOf, findDevice } from "../runners/model/device.ts";
import { openTimed } from "../runners/model/open-model.ts";
import { requireWritable, resultFolder } from "../runners/results/store.ts";
import type { World } from "../runners/world.ts";
import type { BenchChoice } from "./bench-choice.ts";
import { corpusOf } from "./bench-corpus.ts";
import { benchFormats, formatFor } from "./formats.ts";
import { type Terminal, worldOf } from "./terminal.ts";

/** What is measured of a server, unless the user says otherwise. */
const standard = { batchSizes: [1, 32], concurrency: [1, 2, 4, 8, 16, 32], repeats: 5, budget: 1 } as const;
/** Seconds after which a request has failed. */
const patienceSeconds = 30;

/** Sorts numbers, each once. */
export const distinct = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b);

/** Tells whether requests are to be measured: those to a server always are. */
export const isServing = ({ model, concurrency }: BenchChoice): boolean =>
  concurrency !== undefined || (model !== undefined && isAddress(model));

/**
 * Measures how fast servers answer, and models in this program asked in the same way, one after the other; stores a record of
 * each, and prints them in one table. Where one fails, those before it are printed.
 */
export async function benchServing(
  choices: readonly [BenchChoice, ...BenchChoice[]],
  terminal: Terminal,
): Promise<void> {
  const [{ format, texts, results }] = choices;
  const write = await benchFormats[formatFor(format, terminal.outWidth)].load();
  const corpus = await asUsage(() => corpusOf(texts));
  for (const choice of choices) settingsOf(choice);
  await requireWritable(results);
  const records: ServingRecord[] = [];
  terminal.whenStopped?.(() =>
    records.length === 0
      ? "nothing of this measurement is stored"
      : `stored: ${records.map(({ model }) => model).join(", ")}; measure the others by themselves`,
  );
  try {
    for (const [i, choice] of choices.entries()) {
      if (choices.length > 1) terminal.err(`model ${i + 1} of ${choices.length}: ${choice.model}\n`);
      const record = await measureOne(choice, corpus, terminal);
      records.push(record);
      const file = await writeBench(resultFolder(results, record.model, record.revision), record);
      terminal.err(`record in ${file}\n`);
    }
  } finally {
    // A disk that filled up meanwhile does not take the figures with it, nor does a server that does not answer.
    if (records.length > 0) terminal.out(write(records, terminal.outWidth ?? Infinity));
  }
}

async function measureOne(
  choice: BenchChoice,
  { corpus, corpusTexts }: Awaited<ReturnType<typeof corpusOf>>,
  terminal: Terminal,
): Promise<ServingRecord> {
  const settings = settingsOf(choice);
  const world = worldOf(terminal);
  const { emit, signal } = world;
  const began = clock();
  const { served, found } = await open(choice, settings, terminal, world);
  try {
    await firstVector(served, signal);
    const opening = { seconds: clock() - began };
    const remote = isRemote(served.info);
    const measures = await measureServing(served, textStream(corpus, choice.texts === undefined), settings, {
      now: clock,
      wait: pause,
      signal,
      onProgress: (what, done, total) => emit({ kind: "measuring", what, done, total }),
      watchBusy: remote ? watchBusy : () => () => null,
    });
    emit({ kind: "measuring", what: "measured", done: 1, total: 1 });
    const { id: model, revision, device, precision, threads } = served.info;
    return {
      kind: "serving",
      ...{ model, revision, device, precision, threads },
      ...readEnvironment(),
      ...(found === undefined ? {} : acceleratorOf(device, found)),
      date: terminal.now(),
      settings,
      corpusTexts,
      opening,
      ...measures,
    };
  } finally {
    await served.close();
  }
}

/** Returns seconds, by the finest clock. */
const clock = (): number => performance.now() / 1000;

/** Looks at how much of the time this thread waits for nothing. */
function watchBusy(): () => number {
  const before = performance.eventLoopUtilization();
  return () => performance.eventLoopUtilization(before).utilization;
}

/** @throws UsageError for options that say nothing of requests */
function settingsOf(choice: BenchChoice): ServingSettings {
  if (choice.lengths !== undefined) {
    throw new UsageError(
      "bench: --lengths are in tokens, which a server may count otherwise or not at all; leave it out, or give texts of your own with --texts",
    );
  }
  const { batchSizes, concurrency, repeats, budget, requests } = { ...standard, ...choice };
  return {
    batchSizes: distinct(batchSizes),
    concurrency: distinct(concurrency),
    repeats,
    budgetSeconds: budget,
    ...(requests === undefined ? {} : { requests }),
    patienceSeconds,
  };
}

/** Opens the server, or the model in this program, and tells the device that was found for the latter. */
async function open(
  choice: BenchChoice,
  { concurrency }: ServingSettings,
  { env }: Terminal,
  world: World,
): Promise<{ served: Served; found?: FoundDevice }> {
  const { model, dimensions } = choice;
  if (model !== undefined && isAddress(model)) {
    refuseRepositoryOptions(model, choice);
    if (dimensions !== undefined) {
      throw new UsageError("--dimensions: cuts vectors here, after the server has made them; leave it out");
    }
    const { url } = await asUsage(() => parseEndpoint(model));
    const settings = { key: endpointKey(url, env), patience: patienceSeconds * 1000 };
    return { served: await openServer(model, settings, Math.max(...concurrency), clock, world.signal) };
  }
  const found = await findDevice(choice.device, thisMachine(env), world.note);
  return { served: serveModel(await openTimed(choice, { ...world, device: found.device }), clock), found };
}

/** @throws UsageError for what makes none, InputError where it fails */
async function firstVector(served: Served, signal: AbortSignal): Promise<void> {
  if (served.info.device === "precomputed") {
    throw new UsageError(
      `bench: ${served.info.id} makes no vectors, they were made before; expected a model that runs`,
    );
  }
  const reply = await served.ask(["river"], signal);
  if ("kind" in reply) throw new InputError(`bench: ${served.info.id}: ${reply.failure}`);
}
