import { describe, expect, it } from "vitest";
import { benchmarks } from "../tasks/benchmarks.ts";
import { type BenchmarkListChoice, listBenchmarks, showBenchmark } from "./benchmarks.ts";

function list(choice: BenchmarkListChoice = {}, outWidth?: number): string {
  const shown: string[] = [];
  listBenchmarks(choice, { out: (text) => shown.push(text), ...(outWidth === undefined ? {} : { outWidth }) });
  return shown.join("");
}

function show(name: string, choice: BenchmarkListChoice = {}): string {
  const shown: string[] = [];
  showBenchmark(name, choice, { out: (text) => shown.push(text) });
  return shown.join("");
}

describe("pramana benchmarks", () => {
  it("is a whole Markdown table in a pipe, and fits a window", () => {
    const [headings, , ...rows] = list().trimEnd().split("\n");
    expect(headings).toMatch(/^\| Benchmark +\| +Tasks \| Types +\| Languages +\| Groups +\| Also called +\|$/);
    expect(rows).toHaveLength(benchmarks().length);
    const lines = list({}, 80).split("\n").slice(0, benchmarks().length);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it("chooses by type and language", () => {
    const names = (choice: BenchmarkListChoice) =>
      JSON.parse(list({ ...choice, format: "json" })).map((one: { name: string }) => one.name);
    expect(names({ languages: ["Danish"], type: "bitext mining" })).toContain("MTEB(Scandinavian, v1)");
    expect(names({ languages: ["Danish"] })).not.toContain("MTEB(eng, v2)");
    expect(names({ type: "Regression" })).toEqual(["RuSciBench"]);
  });

  it("names the nearest type and language", () => {
    expect(() => list({ type: "bitexmining" })).toThrow('(did you mean "BitextMining"?)');
    expect(() => list({ languages: ["Germann"] })).toThrow('(did you mean "german"?)');
  });
});

describe("pramana benchmarks NAME", () => {
  it("tells what it is made of, and what its table shows", () => {
    expect(show("longembed")).toMatch(/^LongEmbed\n/);
    const shown = show("scandinavian");
    expect(shown).toMatch(/^tasks +28/m);
    expect(shown).toMatch(/^by language +Danish, Swedish, Norwegian Nynorsk, Norwegian Bokmål$/m);
    expect(show("HUME(v1)")).toMatch(/^its table shows +Mean \(Subset\), types$/m);
    expect(show("LMEB")).toMatch(/Memory Type: Episodic, Memory Type: Dialogue/);
  });

  it("tells which tasks cannot be run, and why", () => {
    const shown = show("RTEB(jpn, beta)");
    expect(shown).toMatch(/^tasks +2; 0 of 2 can be run$/m);
    expect(shown).toMatch(
      /^cannot be run +JapaneseCode1Retrieval: its data set is private; its owners give access at /m,
    );
    expect(shown).toMatch(/^left out of means +tasks with private data$/m);
  });

  it("has all languages as JSON, those of the most tasks first", () => {
    const { languages, groups } = JSON.parse(show("multilingual", { format: "json" }));
    expect(languages.length).toBeGreaterThan(1000);
    expect([languages[0], groups]).toEqual(["eng-Latn", {}]);
    expect(show("multilingual")).toContain("more (--format json)");
  });

  it("refuses an unknown name, with the nearest, and a choice of several", () => {
    expect(() => show("mteb-deuu")).toThrow(/benchmark "mteb-deuu" is unknown \(did you mean/);
    expect(() => show("BEIR", { type: "STS" })).toThrow("leave out the one or the others");
  });
});
