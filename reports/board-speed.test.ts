import { describe, expect, it } from "vitest";
import type { BenchRecord } from "../runners/bench/record.ts";
import { benchRecord, servingRecord } from "../runners/bench/testing/world.ts";
import { joinSpeed } from "./board-speed.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import { leaderboardCsv, leaderboardJson, leaderboardMarkdown } from "./render.ts";
import { stored, task } from "./testing/results.ts";

const board = makeLeaderboard(
  ["acme/a", "acme/b", "acme/c", "acme/d"].flatMap((model, i) => stored(model, { Sts1: 0.9 - i / 10 }, "r1")),
  [task("Sts1")],
);
const corpus = "256 made-up texts, words log-normal with median 60 and sigma 0.6, clipped to 3–300, seed 42";
const hardware = "Some CPU, 2 threads; device cpu; threads of one operator 2";
const of = (model: string, changes: Partial<BenchRecord> = {}): BenchRecord => ({ ...benchRecord, model, ...changes });

describe("joinSpeed", () => {
  it("shows figures of equal hardware, and marks what was measured elsewhere", () => {
    const gpu = { device: "cuda:0", accelerator: "A GPU, driver 1" };
    const joined = joinSpeed(board, [of("acme/a"), of("acme/b"), of("acme/c", gpu), of("acme/d", { revision: "r2" })]);
    expect(leaderboardMarkdown(joined)).toBe(
      `| Rank | Model  | Revision | Mean (Task) | Mean (Type) |   STS | texts/s | tokens/s | p50 ms, 128 tokens |
| ---: | ------ | -------- | ----------: | ----------: | ----: | ------: | -------: | -----------------: |
|    1 | acme/a | r1       |       90.00 |       90.00 | 90.00 |     150 |    11355 |               12.3 |
|    2 | acme/b | r1       |       80.00 |       80.00 | 80.00 |     150 |    11355 |               12.3 |
|    3 | acme/c | r1       |       70.00 |       70.00 | 70.00 |   — (a) |    — (a) |              — (a) |
|    4 | acme/d | r1       |       60.00 |       60.00 | 60.00 |       — |        — |                  — |

- speed: measured on ${hardware}; ${corpus}
- (a) acme/c: speed left out, it was measured on Some CPU, 2 threads; device cuda:0; A GPU, driver 1; threads of one operator 2; ${corpus}
`,
    );
  });

  it.each<Partial<BenchRecord>>([
    { cpu: "Another" },
    { device: "cuda:1" },
    { accelerator: "x" },
    { threads: 1 },
    { corpusTexts: { kind: "file", count: 256, sha256: "ab" } },
  ])("takes no figures measured with %j for equal", (changes) => {
    const { rows } = joinSpeed(board, [of("acme/a"), of("acme/b"), of("acme/c", changes)]);
    expect(rows.map(({ speed }) => [speed?.textsPerSecond, speed?.mark])).toEqual([
      [150.4, undefined],
      [150.4, undefined],
      [null, "a"],
      [null, undefined],
    ]);
  });

  it("shows precisions side by side, which models' names tell", () => {
    const { rows } = joinSpeed(board, [of("acme/a"), of("acme/b", { precision: "int8" })]);
    expect(rows.map(({ speed }) => speed?.textsPerSecond)).toEqual([150.4, 150.4, null, null]);
  });

  it("shows the hardware of most rows; of equally many the newest record's", () => {
    const elsewhere = { cpu: "Zen" };
    const most = joinSpeed(board, [of("acme/a"), of("acme/b", elsewhere), of("acme/a", elsewhere)]);
    expect(most.notes).toEqual([`speed: measured on ${hardware.replace("Some CPU, 2 threads", "Zen")}; ${corpus}`]);
    const newest = joinSpeed(board, [of("acme/a"), of("acme/b", { ...elsewhere, date: 2e9 })]);
    expect(newest.rows.map(({ speed }) => speed?.mark)).toEqual(["a", undefined, undefined, undefined]);
  });

  it("never sets a server's figures beside those of models, and its own beside other servers'", () => {
    const server = (model: string) => ({ ...servingRecord, model, revision: "r1" });
    const mixed = joinSpeed(board, [of("acme/a"), of("acme/b"), server("acme/c")]);
    expect(mixed.rows.map(({ speed }) => [speed?.textsPerSecond, speed?.mark])).toEqual([
      [150.4, undefined],
      [150.4, undefined],
      [null, "a"],
      [null, undefined],
    ]);
    const conditions = `asked over the network from Some CPU, 2 threads; the best of 1, 32, 64 texts a request, 1, 8 requests at once; ${corpus}`;
    expect(mixed.notes[1]).toBe(`(a) acme/c: speed left out, it was measured on ${conditions}`);
    const servers = joinSpeed(board, [server("acme/a"), server("acme/b")]);
    expect(servers.rows[0]?.speed).toMatchObject({ textsPerSecond: 640, tokensPerSecond: null, latencyMs: null });
    expect(servers.notes).toEqual([`speed: measured on ${conditions}`]);
  });

  it("sets figures of rerankers, whose texts are pairs, not beside those of others", () => {
    const { rows, notes } = joinSpeed(board, [of("acme/a"), of("acme/b"), of("acme/c", { candidates: 100 })]);
    expect(rows.map(({ speed }) => speed?.mark)).toEqual([undefined, undefined, "a", undefined]);
    expect(notes.at(-1)).toContain("acme/c: speed left out, it was measured on Some CPU");
    expect(notes.at(-1)).toContain("texts are pairs, one query has 100 candidates");
  });

  it("takes the newest of several records of one model", () => {
    const newer = { date: 2e9, corpus: benchRecord.corpus.map((cell) => ({ ...cell, textsPerSecond: 7 })) };
    const { rows } = joinSpeed(board, [of("acme/a"), of("acme/a", newer), of("acme/a", { date: 1 })]);
    expect(rows[0]?.speed?.textsPerSecond).toBe(7);
  });

  it("leaves latency empty where no text of 128 tokens was measured", () => {
    const { rows } = joinSpeed(board, [of("acme/a", { latency: [] })]);
    expect(rows[0]?.speed).toMatchObject({
      textsPerSecond: 150.4,
      tokensPerSecond: 11_355.2,
      latencyMs: null,
      p99Ms: null,
    });
  });

  it("says so where nothing was measured, and changes no scores, no order", () => {
    const joined = joinSpeed(board, [of("other/model")]);
    expect(joined.notes).toEqual(["speed: no model of this table was measured; pramana bench does it"]);
    expect(joined.rows).toEqual(board.rows);
  });

  it("gives programs three more fields, and only when asked for", () => {
    const joined = joinSpeed(board, [of("acme/a")]);
    const [first, second] = JSON.parse(leaderboardJson(joined));
    expect(first).toMatchObject({ textsPerSecond: 150.4, tokensPerSecond: 11_355.2, latencyMs: 12.345 });
    expect(second).toMatchObject({ textsPerSecond: null, tokensPerSecond: null, latencyMs: null });
    expect(Object.keys(JSON.parse(leaderboardJson(board))[0])).not.toContain("textsPerSecond");
    expect(leaderboardCsv(joined).split("\r\n")[0]).toContain(
      ",bytesPerDocument,textsPerSecond,tokensPerSecond,latencyMs,",
    );
  });
});
