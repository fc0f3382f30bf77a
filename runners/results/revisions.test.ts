import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { result, stored } from "../../reports/testing/results.ts";
import type { StoredResult } from "./read-results.ts";
import { joinRevisions } from "./revisions.ts";

interface Case {
  readonly model: string;
  /** Revision and mteb version. */
  readonly results: [string, string | null][];
  readonly kept: number;
}

const { main, cases }: { main: Record<string, string>; cases: Case[] } = JSON.parse(
  readFileSync(new URL("./fixtures/joined.json", import.meta.url), "utf8"),
);
const mainRevisions = new Map(Object.entries(main));

const one = (model: string, revision: string, mtebVersion: string, date = 5): StoredResult => ({
  model,
  revision,
  result: { ...result("STS12", 0.5), mtebVersion, date },
  file: `${model}/${revision}/${date}`,
});

describe("joinRevisions", () => {
  it("keeps what mteb keeps, in whatever order", () => {
    expect(cases).toHaveLength(60);
    for (const { model, results, kept } of cases) {
      const all = results.map(([revision, version]) => one(model, revision, version ?? "unknown"));
      for (const order of [all, [...all].reverse()]) {
        const joined = joinRevisions(order, mainRevisions);
        expect(joined).toHaveLength(1);
        expect([results, joined[0]?.results.get("STS12")?.revision]).toEqual([results, results[kept]?.[0]]);
        expect(joined[0]?.repeated).toHaveLength(results.length - 1);
      }
    }
  });

  it("one task in three revision folders: main, then the newest version, then the newest date", () => {
    const kept = (results: StoredResult[]): string | undefined =>
      joinRevisions(results, new Map([["a/x", "main"]]))[0]?.results.get("STS12")?.revision;
    const [external, old, newer, newest] = [
      one("a/x", "external", "2.0.0"),
      one("a/x", "old", "1.9.0"),
      one("a/x", "newer", "1.10.0", 7),
      one("a/x", "newest", "1.10.0", 8),
    ] as const;
    expect(kept([external, old, newer])).toBe("newer");
    expect(kept([external, old, one("a/x", "main", "1.0.0")])).toBe("main");
    expect(kept([external, newer, newest])).toBe("newest");
    expect(kept([external, one("a/x", "odd", "none")])).toBe("external");
  });

  it("fills what one revision lacks from another, and says which gave most", () => {
    const joined = joinRevisions([
      ...stored("a/x", { Sts1: 0.1, Sts2: 0.2 }, "r1"),
      ...stored("a/x", { Search: 0.3 }, "r2"),
      ...stored("a/x", { Pairs: 0.4, More: 0.5, Most: 0.6 }, "external"),
    ]);
    expect(joined).toHaveLength(1);
    expect([joined[0]?.revision, joined[0]?.results.size]).toEqual(["r1", 6]);
  });

  it.each(["local/checkpoint", "precomputed/vectors", "org/model[precomputed]", "local/checkpoint[int8]"])(
    "never mixes the states of %s, a folder",
    (model) => {
      const joined = joinRevisions([...stored(model, { Sts1: 0.1 }, "aaa"), ...stored(model, { Sts2: 0.2 }, "bbb")]);
      expect(joined.map(({ revision, results }) => [revision, [...results.keys()]])).toEqual([
        ["aaa", ["Sts1"]],
        ["bbb", ["Sts2"]],
      ]);
    },
  );

  it("makes nothing of nothing", () => {
    expect(joinRevisions([])).toEqual([]);
  });
});
