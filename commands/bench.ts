import { asUsage, UsageError } from "../datasets/errors.ts";
import type { HubSettings } from "../datasets/settings.ts";
import { flagOf } from "../datasets/shown.ts";
import type { EncoderInfo } from "../models/encoder.ts";
import { encoderOf } from "../models/model.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import { writeBench } from "../runners/bench/file.ts";
import { type BenchModel, measureBench } from "../runners/bench/measure.ts";
import { peakMemory, watchDeviceMemory } from "../runners/bench/memory.ts";
import type { BenchRecord, BenchSettings } from "../runners/bench/record.ts";
import { readEnvironment } from "../runners/environment.ts";
import { acceleratorOf, findDevice } from "../runners/model/device.ts";
import { openTimed } from "../runners/model/open-model.ts";
import { requireWritable, resultFolder } from "../runners/results/store.ts";
import type { BenchChoice, BenchOptions } from "./bench-choice.ts";
import { corpusOf } from "./bench-corpus.ts";
import { benchServing, distinct, isServing } from "./bench-serving.ts";
import { benchFormats, formatFor } from "./formats.ts";
import { type Terminal, worldOf } from "./terminal.ts";

/** What is measured of a model in this program, unless the user says otherwise. */
const standard = { lengths: [8, 32, 128, 512], batchSizes: [1, 8, 32, 128], repeats: 20, budget: 0.1 } as const;
/** Budgets that one call may take. */
const longestCall = 80;
/** Share of a cell's rounds that count, the fastest. */
const countedShare = 0.25;

/** Measures a model's speed, or that of servers, stores the record beside the results, and prints it. */
export async function bench(options: BenchOptions, terminal: Terminal): Promise<void> {
  const choices = choicesOf(options);
  if (choices.some(isServing)) return benchServing(choices, terminal);
  const [choice] = choices;
  if (choices.length > 1) {
    throw new UsageError(
      `bench: of ${choices.length} models in this program one would hold memory while the next is measured; give --concurrency, which asks each as a server, or measure them one by one: \`pramana leaderboard --with-bench\` shows them side by side`,
    );
  }
  if (choice.requests !== undefined) {
    throw new UsageError(
      "bench: --requests limits those to a server, and this is a model; leave it out, or give --concurrency",
    );
  }
  const write = await benchFormats[formatFor(choice.format, terminal.outWidth)].load();
  const { corpus, corpusTexts } = await asUsage(() => corpusOf(choice.texts));
  await requireWritable(choice.results);
  terminal.whenStopped?.(() => "nothing of this measurement is stored");
  const world = worldOf(terminal);
  const { emit, signal } = world;
  const machine = thisMachine(terminal.env);
  const found = await findDevice(choice.device, machine, world.note);
  const gpu = await watchDeviceMemory(found.device, machine);
  let downloaded = false;
  const onProgress: HubSettings["onProgress"] = (progress) => {
    downloaded = true;
    world.hub.onProgress?.(progress);
  };
  const began = now();
  const model = await openTimed(choice, { ...world, hub: { ...world.hub, onProgress }, device: found.device });
  try {
    refusePrecomputed(model);
    await firstOutput(model, signal);
    const loading = { seconds: now() - began, downloaded };
    const settings = settingsOf(choice);
    const measures = await asUsage(() =>
      measureBench(model, corpus, settings, {
        now,
        signal,
        onProgress: (what, done, total) => emit({ kind: "measuring", what, done, total }),
        afterRound: gpu.look,
      }),
    );
    emit({ kind: "measuring", what: "measured", done: 1, total: 1 });
    const gpuMemory = gpu.peak();
    const record: BenchRecord = {
      ...factsOf(model),
      ...readEnvironment(),
      ...acceleratorOf(model.info.device, found),
      date: terminal.now(),
      settings,
      corpusTexts,
      loading,
      memory: await peakMemory(machine, process.resourceUsage().maxRSS),
      ...(gpuMemory === undefined ? {} : { gpuMemory }),
      ...measures,
    };
    try {
      const file = await writeBench(resultFolder(choice.results, record.model, record.revision), record);
      terminal.err(`record in ${file}\n`);
    } finally {
      // A disk that filled up meanwhile does not take the figures with it.
      terminal.out(write([record], terminal.outWidth ?? Infinity));
    }
  } finally {
    await model.close();
  }
}

/** Options that are of one model. */
const ofOneModel = ["name", "revision"] as const;

/** Returns the choice for each of the models, each once. Throws `UsageError` for options that only one can have. */
function choicesOf({ model = [], ...rest }: BenchOptions): readonly [BenchChoice, ...BenchChoice[]] {
  const [first, ...others] = new Set(model);
  if (first === undefined) return [rest];
  const given = ofOneModel.filter((key) => rest[key] !== undefined).map(flagOf);
  if (others.length > 0 && given.length > 0) {
    throw new UsageError(
      `${given.join(" and ")}: of one model, and here are ${others.length + 1}; measure them one by one`,
    );
  }
  return [{ ...rest, model: first }, ...others.map((one) => ({ ...rest, model: one }))];
}

/** Returns seconds, finer than those of the terminal's clock, which may also be set while we measure. */
const now = (): number => performance.now() / 1000;

function settingsOf(choice: BenchChoice): BenchSettings {
  const { lengths, batchSizes, repeats, budget } = { ...standard, ...choice };
  return {
    lengths: distinct(lengths),
    batchSizes: distinct(batchSizes),
    repeats,
    countedShare,
    budgetSeconds: budget,
    longestCallSeconds: budget * longestCall,
  };
}

function refusePrecomputed({ info }: BenchModel): void {
  if (info.device !== "precomputed") return;
  throw new UsageError(`bench: ${info.id} makes no vectors, they were made before; expected a model that runs`);
}

/** Makes one vector with each model, or scores a pair: until then, loading is not over. */
async function firstOutput(model: BenchModel, signal: AbortSignal): Promise<void> {
  if (model.kind === "cross-encoder") {
    await model.score([["river", "river"]], { signal });
    return;
  }
  for (const role of sidesOf(model) ? (["query", "document"] as const) : (["query"] as const)) {
    await model.encode(["river"], { role, signal });
  }
}

const sidesOf = (model: BenchModel): EncoderInfo["sides"] => encoderOf(model)?.sides;

/** Returns the facts of the record about the model and how it runs. */
function factsOf(timed: BenchModel) {
  const { id: model, revision, device, precision, threads } = timed.info;
  const facts = { model, revision, device, precision, threads };
  const sides = sidesOf(timed);
  if (sides === undefined) return facts;
  const side = ({ id, revision: own }: { id: string; revision: string }) => ({ model: id, revision: own });
  return { ...facts, sides: { query: side(sides.query), document: side(sides.document) } };
}
