import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readMainScores } from "../results/read-results.ts";
import { resultFolder } from "../results/store.ts";
import { benchFile, parseBenchLines, readBench, readBenches, writeBench } from "./file.ts";
import { benchRecord, servingRecord } from "./testing/world.ts";

const temporary = (): string => mkdtempSync(join(tmpdir(), "pramana-bench-"));

describe("writeBench", () => {
  it("stores what can be read again, on one line", async () => {
    const folder = join(temporary(), "a", "b");
    const file = await writeBench(folder, benchRecord);
    expect(file).toBe(join(folder, benchFile));
    expect(readFileSync(file, "utf8").split("\n")).toHaveLength(2);
    expect(await readBench(folder)).toEqual({ records: [benchRecord], skipped: [] });
    expect(readdirSync(folder)).toEqual([benchFile]);
  });

  it("replaces the record of the same kind, hardware and corpus, and keeps all others, damaged ones too", async () => {
    const folder = temporary();
    const other = { ...benchRecord, cpu: "Another CPU, 8 threads" };
    const gpu = {
      ...benchRecord,
      device: "cuda:0",
      accelerator: "A GPU, driver 1",
      gpuMemory: { bytes: 5, source: "s" },
    };
    const server = servingRecord;
    const sameMachine = { ...servingRecord, device: "cpu", precision: "fp32", threads: 2 };
    const own = { ...benchRecord, corpusTexts: { kind: "file", count: 3, sha256: "ab" } } as const;
    writeFileSync(join(folder, benchFile), "half a line\n\n");
    const all = [
      benchRecord,
      server,
      sameMachine,
      other,
      gpu,
      own,
      { ...server, date: 8 },
      { ...benchRecord, date: 7 },
    ];
    for (const record of all) await writeBench(folder, record);
    const { records, skipped } = await readBench(folder);
    expect(records).toEqual([sameMachine, other, gpu, own, { ...server, date: 8 }, { ...benchRecord, date: 7 }]);
    expect(skipped).toEqual([{ line: 1, reason: expect.stringMatching(/^bench: damaged JSON at line 1/) }]);
  });

  it("says what cannot be written to", async () => {
    const folder = temporary();
    writeFileSync(join(folder, "file"), "");
    await expect(writeBench(join(folder, "file"), benchRecord)).rejects.toThrow(
      /^bench: .*file\/bench\.jsonl cannot be read: ENOTDIR/,
    );
  });
});

describe("parseBenchLines", () => {
  const line = (changes: Record<string, unknown>): string => JSON.stringify({ ...benchRecord, ...changes });

  it.each([
    [{ threads: "2" }, "threads: Invalid input: expected number, received string"],
    [
      { corpus: [{ ...benchRecord.corpus[0], textsPerSecond: 0 }] },
      "corpus.0.textsPerSecond: Too small: expected number to be >0",
    ],
    [{ latency: undefined }, "latency: Invalid input: expected array, received undefined"],
    [{ memory: { bytes: null, source: "" } }, "memory.bytes: Invalid input: expected number, received null"],
  ])("passes over a record with %j", (changes, reason) => {
    const { records, skipped } = parseBenchLines(`${line(changes)}\n${line({})}\n`);
    expect(records).toEqual([benchRecord]);
    expect(skipped).toEqual([{ line: 1, reason: `not a record of pramana bench: ${reason}` }]);
  });

  it("passes over what is no record at all", () => {
    const { records, skipped } = parseBenchLines('7\n[]\n{"model"');
    expect(records).toEqual([]);
    expect(skipped.map(({ line: at }) => at)).toEqual([1, 2, 3]);
  });
});

describe("readBenches", () => {
  it("finds the records of models in some folders, and passes over those of others", async () => {
    const [one, two] = [temporary(), temporary()];
    const small = { model: "acme/small", revision: "r1" };
    await writeBench(resultFolder(two, small.model, small.revision), benchRecord);
    const moved = resultFolder(one, "acme/large", "r1");
    await writeBench(moved, benchRecord);
    const wanted = [small, { model: "acme/large", revision: "r1" }, { model: "../evil", revision: ".." }];
    expect(await readBenches([one, two], wanted)).toEqual({
      records: [benchRecord],
      skipped: [{ file: join(moved, benchFile), reason: "it holds a record of acme/small at r1" }],
    });
  });

  it("lies where no reader of results looks or complains", async () => {
    const results = temporary();
    await writeBench(resultFolder(results, "acme/small", "r1"), benchRecord);
    mkdirSync(join(results, "acme__large", "r1"), { recursive: true });
    expect(await readMainScores([results], { now: 0, known: new Set() })).toMatchObject({ results: [], skipped: [] });
    // mteb's load_results looks at */*/*.json and */*/experiments/*/*.json.
    expect(benchFile.endsWith(".json")).toBe(false);
  });
});
