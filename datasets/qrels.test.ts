import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readQrels } from "./qrels.ts";
import { messageFrom } from "./testing/hub-world.ts";
import { plainText } from "./text-file.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "pramana-qrels-"));
});
afterAll(() => rmSync(folder, { recursive: true }));
const read = (text: string) => {
  writeFileSync(join(folder, "x.tsv"), text);
  return readQrels(plainText({ path: join(folder, "x.tsv"), name: "x.tsv" }));
};
const judged = { "query-id": ["01", "q 2"], "corpus-id": ["1e3", "NA"], score: [1, -2] };

describe("judgements", () => {
  it.each([
    ["query-id\tcorpus-id\tscore\n01\t1e3\t1\nq 2\tNA\t-2\n"],
    ["\ufeffquery-id\tcorpus-id\tscore\r\n01\t1e3\t1\r\n\r\nq 2\tNA\t-2"],
    ["query-id\tcorpus-id\tscore\r01\t1e3\t1\rq 2\tNA\t-2\r"],
    ["score\titeration\tcorpus-id\tquery-id\n1\t0\t1e3\t01\n-2\t0\tNA\tq 2\n"],
    ["qid\tpid\tlabel\n01\t1e3\t1\nq 2\tNA\t-2\n"],
    ['"query-id"\t"corpus-id"\t"score"\n"01"\t"1e3"\t"1"\n"q 2"\t"NA"\t"-2"\n'],
  ])("%j", async (text) => {
    expect(await read(text)).toEqual(judged);
  });

  it("of many pieces are all read", async () => {
    const lines = Array.from({ length: 60_000 }, (_, i) => `q${i}\td${i}\t${i % 2}`);
    const { score } = await read(["query-id\tcorpus-id\tscore", ...lines].join("\r\n"));
    expect(score).toEqual(lines.map((_, i) => i % 2));
  });

  it.each([
    ["q1\td1\t1\nq1\td2\t1\n", 'x.tsv, line 1: "q1\\td1\\t1" is no header of judgements; expected a header such as'],
    ["q1 0 d1 1\n", 'x.tsv, line 1: "q1 0 d1 1" is no header of judgements'],
    ["corpus_id\tquery_id\tscore\nd1\tq1\t1\n", 'line 1: "corpus_id\\tquery_id\\tscore" is no header of judgements'],
    ["query-id\tcorpus-id\tscore\n\nq1\td1\n", 'x.tsv, line 3: "q1\\td1"; expected a header'],
    ["query-id\tcorpus-id\tscore\nq1\td1\t1\t2\n", "x.tsv, line 2: "],
    ["query-id\tcorpus-id\tscore\nq1\td1\t0.5\n", "x.tsv, line 2: "],
    ["query-id\tcorpus-id\tscore\nq1\t\t1\n", "x.tsv, line 2: "],
    ['query-id\tcorpus-id\tscore\n"q""1"\td1\t1\n', "x.tsv, line 2: "],
    [`query-id\tcorpus-id\tscore\n${"q".repeat(2 ** 21)}`, "x.tsv: a line of more than 1048576 characters"],
    ["\n", "x.tsv: empty; expected a header"],
  ])("%.40j are refused", async (text, message) => {
    expect(await messageFrom(read(text))).toContain(message);
  });
});
