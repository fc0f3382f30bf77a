import { createHash } from "node:crypto";
import { asUsage, messageOf, UsageError } from "../datasets/errors.ts";
import { limits } from "../datasets/limits.ts";
import type { HubSettings } from "../datasets/settings.ts";
import { readSmallFile } from "../datasets/small-file.ts";
import type { EncoderInfo } from "../models/encoder.ts";
import { encoderOf } from "../models/model.ts";
import { thisMachine } from "../models/runtime/machine.ts";
import { writeBench } from "../runners/bench/file.ts";
import { corpusDistribution, makeCorpus } from "../runners/bench/made-up-texts.ts";
import { type BenchModel, measureBench } from "../runners/bench/measure.ts";
import { peakMemory, watchDeviceMemory } from "../runners/bench/memory.ts";
import { parseOwnTexts } from "../runners/bench/own-texts.ts";
import type { BenchRecord, BenchSettings, CorpusTexts } from "../runners/bench/record.ts";
import { readEnvironment } from "../runners/environment.ts";
import { acceleratorOf, findDevice } from "../runners/model/device.ts";
import type { NameChoice } from "../runners/model/naming.ts";
import { type ModelChoice, openTimed } from "../runners/model/open-model.ts";
import { requireWritable, resultFolder } from "../runners/results/store.ts";
import { benchFormats, type FormatOf, formatFor } from "./formats.ts";
import { type Terminal, worldOf } from "./terminal.ts";

export interface BenchChoice extends ModelChoice, NameChoice {
  readonly results: string;
  readonly lengths: readonly number[];
  readonly batchSizes: readonly number[];
  readonly repeats: number;
  /** Seconds for each cell in each round. */
  readonly budget: number;
  /** File of the user's own texts; a corpus is made up where it is absent. */
  readonly texts?: string;
  /** Default: a table. */
  readonly format?: FormatOf<typeof benchFormats>;
}

/** Number of texts of the made-up corpus, which take a small model a second or two. */
const corpusCount = 256;
const corpusSeed = 42;
/** Budgets that one call may take. */
const longestCall = 80;
/** Share of a cell's rounds that count, the fastest. */
const countedShare = 0.25;

/** Measures a model's latency and throughput, stores the record beside its results, and prints it. */
export async function bench(choice: BenchChoice, terminal: Terminal): Promise<void> {
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
      terminal.out(write(record, terminal.outWidth ?? Infinity));
    }
  } finally {
    await model.close();
  }
}

/** Returns seconds, finer than those of the terminal's clock, which may also be set while we measure. */
const now = (): number => performance.now() / 1000;

const settingsOf = ({ lengths, batchSizes, repeats, budget }: BenchChoice): BenchSettings => ({
  lengths: distinct(lengths),
  batchSizes: distinct(batchSizes),
  repeats,
  countedShare,
  budgetSeconds: budget,
  longestCallSeconds: budget * longestCall,
});

const distinct = (numbers: readonly number[]): number[] => [...new Set(numbers)].sort((a, b) => a - b);

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

/** Reads the user's own texts, or makes some up. */
async function corpusOf(file: string | undefined): Promise<{ corpus: string[]; corpusTexts: CorpusTexts }> {
  if (file === undefined) {
    const corpus = makeCorpus(corpusDistribution, corpusCount, corpusSeed);
    return { corpus, corpusTexts: { kind: "made-up", seed: corpusSeed, count: corpusCount, ...corpusDistribution } };
  }
  const content = await readSmallFile(file, "it", limits.texts).catch((error: unknown) => {
    throw new UsageError(`bench: ${file} cannot be read: ${messageOf(error)}; expected a file of texts`);
  });
  const corpus = parseOwnTexts(content, file);
  const sha256 = createHash("sha256").update(JSON.stringify(corpus)).digest("hex");
  return { corpus, corpusTexts: { kind: "file", count: corpus.length, sha256 } };
}
