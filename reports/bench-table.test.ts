import { describe, expect, it } from "vitest";
import type { BenchRecord } from "../runners/bench/record.ts";
import { benchRecord } from "../runners/bench/testing/world.ts";
import { benchMarkdown, benchText, rateText } from "./bench-table.ts";
import { threeDigits } from "./table.ts";

describe("benchMarkdown", () => {
  it("prints both tables, and what they are of", () => {
    expect(benchMarkdown(benchRecord)).toBe(
      `| One text as | Tokens | p50 ms | p90 ms | p99 ms | calls | tokenizer |
| ----------- | -----: | -----: | -----: | -----: | ----: | --------: |
| query       |  127.3 |   12.3 |   20.0 |    123 |   200 |     2.5 % |

| Many texts as    | Tokens | Texts a call | texts/s | tokens/s | calls | tokenizer |
| ---------------- | -----: | -----------: | ------: | -------: | ----: | --------: |
| document         |  127.0 |            8 |     100 |    12700 |    10 |         — |
| document, corpus |   75.5 |          200 |     150 |    11355 |     4 |      50 % |

- acme/small at r1
- on Some CPU, 2 threads; device cpu; threads of one operator 2; fp32; onnxruntime 1.30.0, Node 20.20.2
- from repository to first vector 0.50 s
- peak memory 200 MiB (VmHWM of the process)
- put before every query: "query: "
- corpus: 256 made-up texts, words log-normal with median 60 and sigma 0.6, clipped to 3–300, seed 42; 200 of them, evenly spaced, so that a call does not take too long
- 2 rounds after one call to warm up, each 0.4 s a cell and at least one call; cells with long calls take part in fewer
- p50 and rates are medians over the fastest 25 % of a cell's rounds, p90 and p99 are over all its calls
- not measured, the model takes at most 256 tokens: latency as query at 512 tokens, throughput as document at 512 tokens × 8
`,
    );
  });

  it("names a pair's sides, the GPU and its memory, the user's texts, a download; leaves out an empty table", () => {
    const record: BenchRecord = {
      ...benchRecord,
      device: "cuda:0",
      accelerator: "NVIDIA H100, driver 1",
      gpuMemory: { bytes: 3 * 2 ** 20, source: "nvidia-smi" },
      sides: { query: { model: "acme/q", revision: "a" }, document: { model: "acme/d|", revision: "b" } },
      corpusTexts: { kind: "file", count: 200, sha256: "0123456789abcdef" },
      loading: { seconds: 4, downloaded: true },
      latency: [],
    };
    const text = benchMarkdown(record);
    expect(text).not.toContain("One text as");
    expect(text).toContain("- queries go to acme/q, documents to acme/d\\|\n");
    expect(text).toContain("; device cuda:0; NVIDIA H100, driver 1; threads of one operator 2; fp32;");
    expect(text).toContain("200 MiB (VmHWM of the process), of the GPU 3 MiB (nvidia-smi)\n");
    expect(text).toContain("- corpus: 200 texts of a file, sha256 0123456789ab\n");
    expect(text).toContain("first vector 4.00 s, files fetched from the network in that time\n");
  });
});

it("warns of a machine that was not quiet", () => {
  const latency = benchRecord.latency.map((cell) => ({ ...cell, rounds: [20, 20, 20, 12.3] }));
  expect(benchMarkdown({ ...benchRecord, latency })).toMatch(/\n- \d\d % of all rounds were more than a tenth slower /);
});

describe("a reranker's record", () => {
  it("speaks of pairs, and of a query with its candidates", () => {
    const lines = benchMarkdown({ ...benchRecord, candidates: 100 }).split("\n");
    expect(lines[0]).toMatch(/^\| One call +\| Tokens \| p50 ms /);
    expect(lines[2]).toMatch(/^\| a query with 100 candidates \| +127\.3 \| +12\.3 /);
    expect(lines[4]).toMatch(/^\| Many +\| Tokens \| Pairs a call \| pairs\/s \| tokens\/s \| calls /);
    expect(lines.slice(6, 8).map((line) => line.split(" |")[0].trim())).toEqual(["| pairs", "| pairs, corpus"]);
  });
});

describe("benchText", () => {
  it("fits a terminal: columns go from the right, and a line says so", () => {
    const [heading, row] = benchText(benchRecord, 80).split("\n");
    expect(heading).toBe("One text as  Tokens  p50 ms  p90 ms  p99 ms  calls  tokenizer");
    expect(row).toBe("query         127.3    12.3    20.0     123    200      2.5 %");
    const narrow = benchText({ ...benchRecord, model: "acme/\u001b[31m" }, 40);
    expect(narrow).toContain("no room for p99 ms, calls, tokenizer: a\nwider window or --format md shows all\n");
    expect(narrow).not.toContain("\u001b");
  });
});

describe("numbers", () => {
  it("keep three digits", () => {
    expect([0.01234, 1.234, 12.34, 1234.5].map(threeDigits)).toEqual(["0.012", "1.23", "12.3", "1235"]);
    expect([0.123, 9.876, 10.4, 12_345.6].map(rateText)).toEqual(["0.12", "9.88", "10", "12346"]);
  });
});
