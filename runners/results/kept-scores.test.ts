import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, sep } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clearKeptScores, keptScoresSize, openKeptScores, packed, partsOf, unpacked } from "./kept-scores.ts";
import type { SubsetResult, TaskResult } from "./result.ts";

const entry = (subset: string, mainScore: number): SubsetResult => ({
  ...{ subset, mainScore, languages: [], scores: {}, undefinedScores: {} },
});
const result = (splits: TaskResult["splits"]): TaskResult => ({
  ...{ task: "T", datasetRevision: "d", mtebVersion: "2.1.0", evaluationSeconds: Number.NaN, date: 1.5, splits },
});

describe("packed", () => {
  it("gives back every value, those that JSON has no words for among them", () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 0.1, 5e-324];
    for (const one of [
      result({}),
      result({ test: [], dev: [entry("", 1)] }),
      result({ test: odd.map((score, i) => entry(`s${i}`, score)), "1": [entry("2", 3), entry("2", 4)] }),
      { ...result({}), isOurs: true as const },
      { ...result({}), isOurs: true as const, hardware: ["Some GPU", "another"] },
      { ...result({}), isOurs: true as const, index: { kind: "sparse", bytesPerDocument: 930.5 } },
    ]) {
      expect(unpacked(packed(one)!)).toEqual(one);
    }
  });

  it("leaves alone what has more to it", () => {
    const reason = { ...entry("default", Number.NaN), undefinedScores: { main_score: "one label only" } };
    expect(packed(result({ test: [reason] }))).toBeUndefined();
    expect(packed({ ...result({}), findings: [] })).toBeUndefined();
  });
});

describe("partsOf", () => {
  it("tells the folder of results, of any depth, from what lies in it", () => {
    const own = { key: join("m", "r", "A.json"), name: "A.json" };
    for (const root of [join("some", "results"), "results", sep]) {
      expect(partsOf(join(root, own.key))).toEqual({ root, ...own });
    }
    expect(partsOf(join(".", own.key))).toEqual({ root: ".", ...own });
  });
});

describe("kept scores", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "pramana-kept-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const cache = (): string => join(folder, "cache");
  const soon = Date.now() / 1000 + 3600;

  function put(path: string, text: string): string {
    const file = join(folder, "results", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
  }
  const stored = (score: number): TaskResult => result({ test: [entry("default", score)] });

  /** Looks at some files, keeps `score` for those that are not known, and returns what was known. */
  async function call(files: readonly string[], score: number, now = soon): Promise<(TaskResult | undefined)[]> {
    const kept = await openKeptScores(cache(), files, now);
    const known = files.map((file) => {
      const place = kept.look(file);
      if (place.result === undefined) place.keep(stored(score));
      return place.result;
    });
    await kept.save();
    return known;
  }

  const shelves = (): string[] =>
    readdirSync(join(cache(), "scores"), { recursive: true, encoding: "utf8" })
      .map((name) => join(cache(), "scores", name))
      .filter((path) => statSync(path).isFile());

  it("are those of a file until it changes: its size, its contents alone, its times", async () => {
    const [a, b] = [put("m/r/A.json", "one"), put("m/r/B.json", "one")];
    expect(await call([a, b], 1)).toEqual([undefined, undefined]);
    expect(await call([a, b], 2)).toEqual([stored(1), stored(1)]);
    put("m/r/A.json", "longer");
    expect(await call([a, b], 3)).toEqual([undefined, stored(1)]);
    // As long as before, with its time put back: what the system itself sets tells.
    const { atime, mtime } = statSync(b);
    put("m/r/B.json", "two");
    utimesSync(b, atime, mtime);
    expect(await call([a, b], 4)).toEqual([stored(3), undefined]);
    expect(await call([a, b], 5)).toEqual([stored(3), stored(4)]);
  });

  it("are not taken of a file that has just changed, or changes while it is read", async () => {
    const file = put("m/r/A.json", "one");
    await call([file], 1, Date.now() / 1000);
    expect(await call([file], 2)).toEqual([undefined]);
    put("m/r/A.json", "other");
    const kept = await openKeptScores(cache(), [file], soon);
    const place = kept.look(file);
    put("m/r/A.json", "changed");
    place.keep(stored(3));
    await kept.save();
    expect(await call([file], 4)).toEqual([undefined]);
  });

  it("forget files that are gone, and keep names and folders apart", async () => {
    const [a, b] = [put("m/r/A.json", "one"), put("m/s/A.json", "one")];
    await call([a, b], 1);
    const size = (await keptScoresSize(cache())).bytes;
    await call([a], 1);
    expect((await keptScoresSize(cache())).bytes).toBeLessThan(size);
    expect(await call([a, b], 2)).toEqual([stored(1), undefined]);
    const other = join(folder, "results/m/r/other/m/r/A.json");
    mkdirSync(dirname(other), { recursive: true });
    writeFileSync(other, "one");
    expect(await call([other], 3)).toEqual([undefined]);
    expect(await call([a], 4)).toEqual([stored(1)]);
    expect((await keptScoresSize(cache())).folders).toBe(2);
  });

  it("are made anew where they are damaged, cut off or of another version, one byte at a time", async () => {
    const file = put("m/r/A.json", "one");
    await call([file], 1);
    const [shelf = ""] = shelves();
    const whole = readFileSync(shelf);
    for (let at = 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      writeFileSync(shelf, damaged);
      expect((await openKeptScores(cache(), [file], soon)).look(file).result).toBeUndefined();
    }
    writeFileSync(shelf, whole.subarray(0, 80));
    expect(await call([file], 2)).toEqual([undefined]);
    expect(await call([file], 3)).toEqual([stored(2)]);
  });

  it("are done without where their folder cannot be written", async () => {
    writeFileSync(cache(), "a file");
    const file = put("m/r/A.json", "one");
    expect(await call([file], 1)).toEqual([undefined]);
    expect(await call([file], 2)).toEqual([undefined]);
    expect(await keptScoresSize(cache())).toEqual({ folders: 0, bytes: 0 });
  });

  it("can be removed, all at once", async () => {
    await call([put("m/r/A.json", "one")], 1);
    const { bytes } = await keptScoresSize(cache());
    expect(bytes).toBeGreaterThan(64);
    expect(await clearKeptScores(cache())).toBe(bytes);
    expect(await keptScoresSize(cache())).toEqual({ folders: 0, bytes: 0 });
  });
});
