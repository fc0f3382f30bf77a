import type { StoredBench } from "../runners/bench/file.ts";
import { corpusText, machineText } from "../runners/bench/record.ts";
import { sweepText } from "../runners/bench/serving/record.ts";
import type { LeaderboardRow, RowSpeed } from "./board-row.ts";
import type { Leaderboard } from "./leaderboard.ts";
import { compareText } from "./table.ts";

/** Length in tokens of the text whose latency a table shows. */
export const speedLatencyTokens = 128;

const nothing: RowSpeed = { textsPerSecond: null, tokensPerSecond: null, latencyMs: null };

/** Names the conditions that must be equal for figures to be compared; a precision is part of the model's name. */
const conditionsOf = (record: StoredBench): string => {
  if ("kind" in record) return sweepText(record);
  const { candidates } = record;
  const pairs = candidates === undefined ? "" : `; texts are pairs, one query has ${candidates} candidates`;
  return `${machineText(record)}; ${corpusText(record.corpusTexts)}${pairs}`;
};

const isOf = (row: LeaderboardRow, { model, revision }: StoredBench): boolean =>
  model === row.model && revision === row.revision;

/** Returns the conditions under which most rows were measured; of equally frequent ones those of the newest record. */
function commonConditions(rows: readonly LeaderboardRow[], records: readonly StoredBench[]): string | undefined {
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
    return { textsPerSecond: best.textsPerSecond, tokensPerSecond: best.tokensPerSecond, latencyMs: null };
  }
  const { latency, corpus } = record;
  const whole = corpus.find(({ role }) => role === "document");
  return {
    textsPerSecond: whole?.textsPerSecond ?? null,
    tokensPerSecond: whole?.tokensPerSecond ?? null,
    latencyMs: latency.find(({ role, tokens }) => role === "query" && tokens === speedLatencyTokens)?.p50 ?? null,
  };
}

/** Names the `n`th note, from 0: `a` to `z`, then `aa`, `ab` and so on. */
const letters = (n: number): string =>
  (n < 26 ? "" : letters(Math.floor(n / 26) - 1)) + "abcdefghijklmnopqrstuvwxyz"[n % 26];

/**
 * Adds latency and throughput to a table. Figures stand only in rows whose model, at the row's revision, was measured on
 * the same hardware, in the same way and with the same corpus as most; a model measured elsewhere bears a letter, and a
 * note names the other conditions. Nothing is converted from one machine to another.
 */
export function joinSpeed(board: Leaderboard, records: readonly StoredBench[]): Leaderboard {
  const shown = records.filter((record) => board.rows.some((row) => isOf(row, record)));
  const common = commonConditions(board.rows, shown);
  if (common === undefined) {
    const note = "speed: no model of this table was measured; pramana bench does it";
    return { ...board, withSpeed: true, notes: [...board.notes, note] };
  }
  const elsewhere: string[] = [];
  const rows = board.rows.map((row): LeaderboardRow => {
    const own = shown.filter((record) => isOf(row, record)).sort((a, b) => b.date - a.date);
    const comparable = own.find((record) => conditionsOf(record) === common);
    if (comparable) return { ...row, speed: figuresOf(comparable) };
    if (own.length === 0) return { ...row, speed: nothing };
    const mark = letters(elsewhere.length);
    const others = [...new Set(own.map(conditionsOf))].join(" | ");
    elsewhere.push(`(${mark}) ${row.model}: speed left out, it was measured on ${others}`);
    return { ...row, speed: { ...nothing, mark } };
  });
  return { ...board, withSpeed: true, rows, notes: [...board.notes, `speed: measured on ${common}`, ...elsewhere] };
}
