import type { StoredBench } from "../runners/bench/file.ts";
import { corpusText, machineText } from "../runners/bench/record.ts";
import { sweepText } from "../runners/bench/serving/record.ts";
import type { LeaderboardRow, RowSpeed } from "./board-row.ts";
import type { Leaderboard } from "./leaderboard.ts";
import { compareText } from "./table.ts";

/** Length in tokens of the text whose latency a table shows. */
export const speedLatencyTokens = 128;

const nothing: RowSpeed = {
  ...{ textsPerSecond: null, tokensPerSecond: null, latencyMs: null },
  ...{ p99Ms: null, memoryBytes: null, loadingSeconds: null },
};

/** A row of a table, by what tells it from others. */
type Owner = Pick<StoredBench, "model" | "revision">;

/** Names the conditions that must be equal for figures to be compared; a precision is part of the model's name. */
const conditionsOf = (record: StoredBench): string => {
  if ("kind" in record) return sweepText(record);
  const { candidates } = record;
  const pairs = candidates === undefined ? "" : `; texts are pairs, one query has ${candidates} candidates`;
  return `${machineText(record)}; ${corpusText(record.corpusTexts)}${pairs}`;
};

const isOf = (row: Owner, { model, revision }: StoredBench): boolean =>
  model === row.model && revision === row.revision;

/** Returns the conditions under which most rows were measured; of equally frequent ones those of the newest record. */
function commonConditions(rows: readonly Owner[], records: readonly StoredBench[]): string | undefined {
  const groups = [...new Set(records.map(conditionsOf))].map((conditions) => {
    const group = records.filter((record) => conditionsOf(record) === conditions);
    return {
      conditions,
      rows: rows.filter((row) => group.some((record) => isOf(row, record))).length,
      newest: Math.max(...group.map(({ date }) => date)),
    };
  });
  return groups.sort((a, b) => b.rows - a.rows || b.newest - a.newest || compareText(a.conditions, b.conditions))[0]
    ?.conditions;
}

/** Of what answers requests, the best of the sweep counts; its latency is that of no single text as a model sees it. */
function figuresOf(record: StoredBench): RowSpeed {
  if ("kind" in record) {
    const best = record.cells.reduce((a, b) => (b.textsPerSecond > a.textsPerSecond ? b : a));
    return { ...nothing, textsPerSecond: best.textsPerSecond, tokensPerSecond: best.tokensPerSecond };
  }
  const { latency, corpus, memory, loading } = record;
  const whole = corpus.find(({ role }) => role === "document");
  const one = latency.find(({ role, tokens }) => role === "query" && tokens === speedLatencyTokens);
  return {
    textsPerSecond: whole?.textsPerSecond ?? null,
    tokensPerSecond: whole?.tokensPerSecond ?? null,
    latencyMs: one?.p50 ?? null,
    p99Ms: one?.p99 ?? null,
    memoryBytes: memory.bytes > 0 ? memory.bytes : null,
    loadingSeconds: loading.downloaded ? null : loading.seconds,
  };
}

/** Names the `n`th note, from 0: `a` to `z`, then `aa`, `ab` and so on. */
const letters = (n: number): string =>
  (n < 26 ? "" : letters(Math.floor(n / 26) - 1)) + "abcdefghijklmnopqrstuvwxyz"[n % 26];

/** What was measured of some rows' models. */
export interface Speeds<One extends Owner> {
  readonly of: ReadonlyMap<One, RowSpeed>;
  /** The conditions of all figures, then what was measured under others; none without records. */
  readonly notes: readonly string[];
}

/**
 * Finds the speed of rows. Figures stand only in rows whose model, at the row's revision, was measured on the same hardware,
 * in the same way and with the same corpus as most; a model measured elsewhere bears a letter, and a note names the other
 * conditions. Nothing is converted from one machine to another.
 */
export function speedsOf<One extends Owner>(rows: readonly One[], records: readonly StoredBench[]): Speeds<One> {
  const shown = records.filter((record) => rows.some((row) => isOf(row, record)));
  const common = commonConditions(rows, shown);
  if (common === undefined) return { of: new Map(), notes: [] };
  const elsewhere: string[] = [];
  const speedOf = (row: One): RowSpeed => {
    const own = shown.filter((record) => isOf(row, record)).sort((a, b) => b.date - a.date);
    const comparable = own.find((record) => conditionsOf(record) === common);
    if (comparable) return figuresOf(comparable);
    if (own.length === 0) return nothing;
    const mark = letters(elsewhere.length);
    const others = [...new Set(own.map(conditionsOf))].join(" | ");
    elsewhere.push(`(${mark}) ${row.model}: speed left out, it was measured on ${others}`);
    return { ...nothing, mark };
  };
  return {
    of: new Map(rows.map((row) => [row, speedOf(row)])),
    notes: [`speed: measured on ${common}`, ...elsewhere],
  };
}

/** Adds latency and throughput to a table, as `speedsOf` finds them. */
export function joinSpeed(board: Leaderboard, records: readonly StoredBench[]): Leaderboard {
  const speeds = speedsOf(board.rows, records);
  if (speeds.of.size === 0) {
    const note = "speed: no model of this table was measured; pramana bench does it";
    return { ...board, withSpeed: true, notes: [...board.notes, note] };
  }
  const rows = board.rows.map((row): LeaderboardRow => ({ ...row, speed: speeds.of.get(row) ?? nothing }));
  return { ...board, withSpeed: true, rows, notes: [...board.notes, ...speeds.notes] };
}
