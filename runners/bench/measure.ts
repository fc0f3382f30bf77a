import { InputError } from "../../datasets/errors.ts";
import type { EncodeOptions, EncodeProgress, Role } from "../../models/encoder.ts";
import type { Part } from "../../models/hybrid.ts";
import type { LexicalModel } from "../../models/lexical/lexical-model.ts";
import { defaultPrompt, givenFor, promptFor } from "../../models/prompts/prompts.ts";
import { prompted } from "../../tasks/types/index.ts";
import { type Call, latencyOf, type Rounds, speedOf } from "./figures.ts";
import { evenlySpaced, textsOfLength } from "./made-up-texts.ts";
import { fitWords, type LengthCell, leftOut, planBench } from "./plan.ts";
import type { BenchRecord, BenchSettings, CorpusSpeed, LatencyCell, LeftOut, ThroughputCell } from "./record.ts";

/** Effects of measuring outside of itself. */
export interface BenchEffects {
  /** Seconds since any fixed moment, by the finest clock. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Called with the name of the next measurement, the expected seconds of measuring that are over, and those of all. */
  readonly onProgress: (what: string, done: number, total: number) => void;
  /** Called after the warm-up and after each round. */
  readonly afterRound: () => Promise<void>;
}

export type BenchMeasures = Pick<
  BenchRecord,
  "prompts" | "candidates" | "latency" | "throughput" | "corpus" | "leftOut"
>;

/** A measurement that is timed again and again. */
interface Job {
  readonly name: string;
  readonly role: Role;
  /** The texts of the n-th call. */
  readonly texts: (n: number) => readonly string[];
  readonly batchSize: number;
  /** Seconds of the call that warmed it up. */
  readonly warmSeconds: number;
  /** Absent for the corpus. */
  readonly cell?: LengthCell;
}

/** A retrieval task without prompts of its own, the most common use of today's models. */
const task = prompted({ name: "", type: "Retrieval" });
/** Fewest texts that calls take in turn, so that no text is timed twice in a row. */
const leastPool = 32;
/** Returns the number of texts that show the tokens of a number of words: more of short ones, whose lengths vary more. */
const probeTexts = (tokens: number): number => Math.max(4, Math.ceil(256 / tokens));
/** Number of texts of the corpus that foretell the time for all. */
const corpusProbe = 16;
const seed = 42;

type CallOptions = Pick<EncodeOptions, "signal" | "onProgress">;
type TimeCall = (texts: readonly string[], role: Role) => Promise<Call>;

/** A model whose calls can be timed: a lexical one makes nothing of a text by itself. */
export type BenchModel = Exclude<Part, LexicalModel>;

/** Candidates of a query that a reranker scores at once. */
const candidates = 100;
/** Words of the query that stands in all pairs. */
const queryWords = 8;

/** Returns the number of texts of a call whose latency is measured, which of a reranker are a query's candidates. */
export const textsOfQuery = ({ kind }: Pick<BenchModel, "kind">): number => (kind === "cross-encoder" ? candidates : 1);

/** Returns what a call does with texts; a reranker pairs each with the same query. */
export function callOf(
  model: BenchModel,
): (texts: readonly string[], role: Role, options: CallOptions) => Promise<unknown> {
  if (model.kind === "cross-encoder") {
    const [query] = textsOfLength(queryWords, 1, seed);
    return (texts, _, options) =>
      model.score(
        texts.map((text) => [query, text]),
        options,
      );
  }
  return (texts, role, options) => model.encode(texts, { role, ...givenFor(model.info, task, role), ...options });
}

/** Times calls of a model. */
function timeCallsOf(model: BenchModel, { now, signal }: BenchEffects): TimeCall {
  const run = callOf(model);
  return async (texts, role) => {
    signal.throwIfAborted();
    let latest: EncodeProgress | undefined;
    const onProgress = (progress: EncodeProgress): void => {
      latest = progress;
    };
    const began = now();
    await run(texts, role, { signal, onProgress });
    const seconds = now() - began;
    const { encoded = 0, tokens = 0, tokenizingSeconds: tokenizing } = latest ?? {};
    return { seconds, encoded, tokens, tokenizing };
  };
}

/** Makes the texts of each cell's length once, or gives the reason why there are none. */
function poolsOf(
  time: TimeCall,
  model: string,
  size: number,
): (cell: LengthCell) => Promise<readonly string[] | string> {
  const pools = new Map<string, readonly string[] | string>();
  const make = async ({ role, tokens }: LengthCell): Promise<readonly string[] | string> => {
    const words = await fitWords(tokens, async (count) => {
      const call = await time(textsOfLength(count, probeTexts(tokens), seed), role);
      if (call.tokens > 0) return call.tokens / call.encoded;
      throw new InputError(`bench: ${model} does not say how many tokens it takes; expected a model that counts them`);
    });
    return words === undefined
      ? "no text was found that takes so many tokens, prompt and special tokens counted"
      : textsOfLength(words, size, seed);
  };
  return async (cell) => {
    const key = `${cell.role} ${cell.tokens}`;
    const pool = pools.get(key) ?? (await make(cell));
    pools.set(key, pool);
    return pool;
  };
}

/** Picks `count` of the texts for the n-th call, going round. */
const turn = (pool: readonly string[], count: number, n: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => pool[(n * count + i) % pool.length]);

/** Warms up each cell that can be measured in the time, and says why the others cannot. */
async function warmCells(
  cells: readonly LengthCell[],
  { info }: Pick<BenchModel, "info">,
  time: TimeCall,
  { longestCallSeconds }: BenchSettings,
): Promise<{ jobs: Job[]; leftOut: LeftOut[] }> {
  const poolOf = poolsOf(time, info.id, Math.max(leastPool, ...cells.map(({ batchSize }) => batchSize)));
  const fastest: Record<Role, number> = { query: 0, document: 0 };
  const jobs: Job[] = [];
  const left: LeftOut[] = [];
  for (const cell of cells) {
    const { kind, role, tokens, batchSize } = cell;
    const expected = fastest[role] === 0 ? 0 : (tokens * batchSize) / fastest[role];
    if (expected > longestCallSeconds) {
      left.push(leftOut(cell, `one call would take about ${expected.toFixed(0)} s`));
      continue;
    }
    const pool = await poolOf(cell);
    if (typeof pool === "string") {
      left.push(leftOut(cell, pool));
      continue;
    }
    const texts = (n: number): readonly string[] => turn(pool, batchSize, n);
    const call = await time(texts(0), role);
    fastest[role] = Math.max(fastest[role], call.tokens / call.seconds);
    const name = `${kind}, ${tokens} tokens${batchSize === 1 && kind === "latency" ? "" : ` × ${batchSize}`}`;
    jobs.push({ name, role, texts, batchSize, warmSeconds: call.seconds, cell });
  }
  return { jobs, leftOut: left };
}

/** Warms up with the corpus, or with as much of it as a call may take. */
async function warmCorpus(
  corpus: readonly string[],
  role: Role,
  time: TimeCall,
  longestCallSeconds: number,
): Promise<Job> {
  const probe = evenlySpaced(corpus, corpusProbe);
  const { seconds } = await time(probe, role);
  const possible = Math.floor(longestCallSeconds / (seconds / probe.length));
  const texts = evenlySpaced(corpus, Math.max(probe.length, Math.min(corpus.length, possible)));
  const call = await time(texts, role);
  return { name: "corpus", role, texts: () => texts, batchSize: texts.length, warmSeconds: call.seconds };
}

/** Most seconds of a cell in all rounds, in budgets of all rounds: if its calls are longer, it takes part in fewer rounds. */
const mostBudgets = 10;
/** Share of the rounds that a cell takes part in, however long its calls are. */
const leastRounds = 0.25;

/** Returns the number of rounds that a job takes part in. */
export function roundsOf(warmSeconds: number, { repeats, budgetSeconds }: BenchSettings): number {
  const possible = Math.ceil((mostBudgets * repeats * budgetSeconds) / warmSeconds);
  return Math.max(Math.ceil(repeats * leastRounds), Math.min(repeats, possible));
}

/** Tells whether a job that takes part in `part` of `all` rounds, evenly spaced, does so in the `round`-th, from 0. */
const takesPart = (round: number, part: number, all: number): boolean =>
  Math.floor(((round + 1) * part) / all) > Math.floor((round * part) / all);

interface Measured {
  readonly job: Job;
  readonly rounds: Rounds;
}

/** Times all rounds of all jobs. */
async function timeRounds(
  jobs: readonly Job[],
  time: TimeCall,
  settings: BenchSettings,
  { onProgress, afterRound }: BenchEffects,
): Promise<Measured[]> {
  const { repeats, budgetSeconds } = settings;
  const cells = jobs.map((job) => ({
    job,
    expected: Math.max(budgetSeconds, job.warmSeconds),
    part: roundsOf(job.warmSeconds, settings),
    rounds: [] as Call[][],
    called: 0,
  }));
  const total = cells.reduce((sum, { expected, part }) => sum + expected * part, 0);
  let done = 0;
  for (let round = 0; round < repeats; round++) {
    for (const cell of cells) {
      const { job, part, expected, rounds } = cell;
      if (!takesPart(round, part, repeats)) continue;
      onProgress(`round ${round + 1} of ${repeats}: ${job.name}`, done, total);
      const calls: Call[] = [];
      for (let spent = 0; calls.length === 0 || spent < budgetSeconds; ) {
        const call = await time(job.texts(cell.called + calls.length), job.role);
        calls.push(call);
        spent += call.seconds;
      }
      rounds.push(calls);
      cell.called += calls.length;
      done += expected;
    }
    await afterRound();
  }
  return cells;
}

/** Sorts queries before documents, then short texts and small batches first; the corpus has no length. */
const byLength = ({ job: a }: Measured, { job: b }: Measured): number =>
  Number(b.role === "query") - Number(a.role === "query") ||
  (a.cell?.tokens ?? 0) - (b.cell?.tokens ?? 0) ||
  a.batchSize - b.batchSize;

/**
 * Measures a model: latency of single queries, of a reranker each with its candidates, throughput of batches, and that of a
 * whole corpus. Each cell is called once to warm up; then every round goes through all cells, calling each until its budget
 * is spent, so that each cell meets the machine at as many moments as there are rounds, of which the quietest count.
 *
 * @throws InputError where no cell can be measured, or the model does not count its tokens; the signal's reason once it
 *   aborts
 */
export async function measureBench(
  model: BenchModel,
  corpus: readonly string[],
  settings: BenchSettings,
  effects: BenchEffects,
): Promise<BenchMeasures> {
  const { info } = model;
  const plan = planBench(info, settings, textsOfQuery(model));
  if (plan.cells.length === 0) {
    const asked = settings.lengths.join(", ");
    throw new InputError(
      `bench: none of the lengths ${asked} can be measured: ${info.id} takes at most ${info.maxTokens} tokens; choose shorter ones with --lengths`,
    );
  }
  const time = timeCallsOf(model, effects);
  effects.onProgress("warming up", 0, 0);
  const warm = await warmCells(plan.cells, model, time, settings);
  const jobs = [...warm.jobs];
  for (const role of plan.corpus) jobs.push(await warmCorpus(corpus, role, time, settings.longestCallSeconds));
  await effects.afterRound();
  const measured = (await timeRounds(jobs, time, settings, effects)).sort(byLength);
  const { countedShare } = settings;
  return {
    prompts:
      model.kind === "cross-encoder"
        ? { query: defaultPrompt(info), document: "" }
        : { query: promptFor(info, task, "query"), document: promptFor(info, task, "document") },
    ...(model.kind === "cross-encoder" ? { candidates } : {}),
    latency: measured.flatMap(({ job, rounds }): LatencyCell[] =>
      job.cell?.kind === "latency" ? [latencyOf(job.cell, rounds, countedShare)] : [],
    ),
    throughput: measured.flatMap(({ job, rounds }): ThroughputCell[] => {
      if (job.cell?.kind !== "throughput") return [];
      const { role, batchSize, cell } = job;
      return [{ ...speedOf(role, batchSize, rounds, countedShare), tokens: cell.tokens, batchSize }];
    }),
    corpus: measured.flatMap(({ job, rounds }): CorpusSpeed[] =>
      job.cell ? [] : [{ ...speedOf(job.role, job.batchSize, rounds, countedShare), texts: job.batchSize }],
    ),
    leftOut: [...plan.leftOut, ...warm.leftOut],
  };
}
