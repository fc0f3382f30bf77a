import { describe, expect, it } from "vitest";
import { lastAnswer, runToEnd } from "../json-lines.mjs";
import { putPart } from "../marked-text.mjs";
import { batchesFor, bestBatch, distance, roundsIn } from "./figures.mjs";
import { kindOfProcessor } from "./processor.mjs";
import { peers, titleOf } from "./records.mjs";
import { reasonIn } from "./start.mjs";
import { tableOf } from "./table.mjs";

describe("the batch size", () => {
  it("is tried at the three largest sizes that the texts fill", () => {
    expect(batchesFor(300)).toEqual([2, 8, 32, 128].slice(1));
    expect(batchesFor(64)).toEqual([2, 8, 32]);
    expect(batchesFor(8)).toEqual([2, 8]);
  });

  it("is that of the fastest trial", () => {
    const trials = [
      { batch: 8, seconds: 3 },
      { batch: 32, seconds: 2 },
      { batch: 128, seconds: 4 },
    ];
    expect(bestBatch(trials)).toBe(32);
  });
});

it("as many rounds are made as the seconds allow, four at least and forty at most", () => {
  expect([roundsIn(60, 6), roundsIn(0, 6), roundsIn(60, 0.1)]).toEqual([10, 4, 40]);
});

describe("the distance", () => {
  it("is 1 − cosine over the rows, whatever the vectors' lengths", () => {
    const exact = Float32Array.from([1, 0, 0, 2]);
    const turned = Float32Array.from([3, 0, 1, 1]);
    const { mean, largest } = distance(turned, exact, 2);
    expect(largest).toBeCloseTo(1 - Math.SQRT1_2, 12);
    expect(mean).toBeCloseTo((1 - Math.SQRT1_2) / 2, 12);
  });

  it("is none between vectors of several lengths", () => {
    expect(() => distance(new Float32Array(4), new Float32Array(6), 2)).toThrow(
      "2 values, those they are held against 3",
    );
  });
});

describe("a program that is run to its end", () => {
  const program = (code: string): [string, string[]] => [process.execPath, ["-e", code]];

  it("answers by its last line", () => {
    expect(lastAnswer(...program('console.log("on the way"); console.log(\'{"seconds":1}\')'))).toEqual({ seconds: 1 });
  });

  it("is told with what it wrote where it fails", () => {
    expect(() => runToEnd(...program('console.error("no room"); process.exitCode = 3'))).toThrow(/ failed: no room/);
  });
});

describe("the kind of processor", () => {
  const cpuinfo = (family: number, model: number, flags: string): string =>
    `vendor_id\t: X\ncpu family\t: ${family}\nmodel\t\t: ${model}\nmodel name\t: A\nflags\t\t: fpu ${flags} sse\n`;

  it("tells models of one name apart, and names what they have and lack", () => {
    const zen = cpuinfo(25, 17, "avx512f avx512_bf16 avx512_vnni");
    expect(kindOfProcessor(zen, "AMD EPYC", 2)).toBe(
      "AMD EPYC (family 25, model 17), 2 cores: AVX-512, VNNI, bf16; no AMX",
    );
    const xeon = cpuinfo(6, 143, "avx512f avx512_bf16 avx512_vnni amx_int8 amx_bf16 amx_tile");
    expect(kindOfProcessor(xeon, "Intel Xeon", 4)).toBe(
      "Intel Xeon (family 6, model 143), 4 cores: AVX-512, VNNI, bf16, AMX",
    );
    expect(kindOfProcessor(cpuinfo(6, 85, "avx2"), "Old", 1)).toBe(
      "Old (family 6, model 85), 1 core: no AVX-512, VNNI, bf16, AMX",
    );
    // Without 512 bits, too, bytes may be summed at once.
    expect(kindOfProcessor(cpuinfo(6, 151, "avx2 avx_vnni"), "Alder", 2)).toContain(
      "2 cores: VNNI; no AVX-512, bf16, AMX",
    );
  });

  it("says where the features are not to be had", () => {
    expect(kindOfProcessor("", "Apple M2", 8)).toBe("Apple M2, 8 cores: features unknown");
  });
});

describe("a part of the page", () => {
  const page = ["## A", "### one", "1", "### two", "2", "## B", "### one", "3"].join("\n\n");

  it("takes the place of the one of its name, and leaves those of other processors and models", () => {
    expect(putPart(page, "A", "one", "new\n")).toBe(page.replace("1", "new"));
    expect(putPart(page, "B", "one", "new")).toBe(page.replace("3", "new"));
  });

  it("goes behind the others of its processor, whose section is made where there is none", () => {
    expect(putPart(page, "A", "three", "4")).toBe(page.replace("2", "2\n\n### three\n\n4"));
    expect(putPart(page, "C", "one", "4")).toBe(`${page}\n\n## C\n\n### one\n\n4`);
    expect(putPart("", "C", "one", "4")).toBe("## C\n\n### one\n\n4");
  });
});

it("a reason is an error's first sentence, without this machine's paths", () => {
  expect(reasonIn("E: no x in 'a.b' (/home/a/lib/python3.11/b.py). More at https://a.b.\nAnd more")).toBe(
    "E: no x in 'a.b' (…/b.py).",
  );
});

describe("the table", () => {
  const row = (title: string, precision: string, speed: number, mean: number, batch?: number) => ({
    peer: peers.find((one) => titleOf(one) === title),
    precision,
    batch,
    speed,
    distance: { mean, largest: 2 * mean },
    versions: title.startsWith("Pramana") ? { pramana: "1" } : { torch: "2", openvino: "3" },
  });
  const rows = [
    row("Pramana, fp32", "fp32", 200, 1e-8),
    row("Pramana, int8", "int8", 500, 2e-3),
    row("sentence-transformers, torch, fp32", "fp32", 100, 0, 32),
    row("sentence-transformers, torch, bf16", "bf16", 300, 1e-5, 8),
    row("sentence-transformers, openvino, default", "bf16", 1000, 1e-5, 8),
  ];
  const around = { texts: 300, tokens: 6000, state: "Quiet.", against: rows[2].peer };
  const table = tableOf(rows, around, [
    { peer: peers[6], reason: "cannot load" },
    { peer: peers[7], reason: "cannot load" },
    { peer: peers[10], reason: "not found" },
  ]);

  it("has speeds, batch sizes, ratios to Pramana in fp32 and distances", () => {
    expect(table).toContain("| Pramana, int8 | its own | 500 | 10,000 | 2.50 | 2.0e-3 | 4.0e-3 |");
    expect(table).toContain("| sentence-transformers, torch, fp32 | 32 | 100 | 2,000 | 0.50 | — | — |");
    expect(table).toContain("| Pramana, fp32 | its own | 200 | 4,000 | 1.00 | < 1e-6 | < 1e-6 |");
  });

  it("holds Pramana against the best peer of its precision, behind or ahead", () => {
    expect(table).toContain(
      "In fp32, Pramana, fp32 is at **2.00 ×** the best peer, sentence-transformers, torch, fp32.",
    );
    expect(table).toContain(
      "In less than fp32, Pramana, int8 is at **0.50 ×** the best peer, sentence-transformers, openvino, default (bf16).",
    );
  });

  it("tells versions once, and what was not measured", () => {
    expect(table).toContain("1 − cosine is to sentence-transformers, torch, fp32. pramana 1; torch 2, openvino 3.");
    const onnx = "sentence-transformers, onnx, fp32; sentence-transformers, onnx, int8 (cannot load)";
    expect(table.endsWith(`\n\nNot measured: ${onnx}; fastembed, fp32 (not found).`)).toBe(true);
  });

  it("a peer that chose fp32 by itself is none of less than fp32", () => {
    const chose = rows.map((one) => (one.batch === 8 && one.speed === 1000 ? { ...one, precision: "fp32" } : one));
    const against = tableOf(chose, around, []);
    expect(against).toContain("In fp32, Pramana, fp32 is at **0.20 ×** the best peer");
    expect(against).toContain("**1.67 ×** the best peer, sentence-transformers, torch, bf16");
  });
});
