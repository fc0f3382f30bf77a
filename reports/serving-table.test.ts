import { describe, expect, it } from "vitest";
import { servingRecord } from "../runners/bench/testing/world.ts";
import { servingMarkdown, servingText } from "./serving-table.ts";

describe("servingMarkdown", () => {
  it("prints a row for each size, what failed, where the client was the limit, and what was left out", () => {
    expect(servingMarkdown([servingRecord])).toBe(
      `| Texts a request | At once | p50 ms | p95 ms | texts/s | failed | p99 ms | requests/s | texts/s of rounds | tokens/s | answered | client busy |
| --------------: | ------: | -----: | -----: | ------: | -----: | -----: | ---------: | ----------------: | -------: | -------: | ----------: |
|               1 |       1 |   10.0 |   20.5 |     100 |      0 |   31.3 |        100 |            90–110 |     8000 |      500 |         5 % |
|              32 |       8 |    400 |    800 |     640 |      5 |    900 |         20 |           600–650 |        — |       95 |        75 % |

- endpoint/host:8080/acme/m at external
- asked over the network from Some CPU, 2 threads; Node 20.20.2; what it runs on is not known here
- first vector after 0.25 s
- texts: 256 made-up texts, words log-normal with median 60 and sigma 0.6, clipped to 3–300, seed 42; each text begins with its next word when it comes again, so that no kept answer serves twice
- 5 rounds after a warm-up, each 1 s a cell, every other one backwards; percentiles are over all answers, rates the median round
- as many requests are under way as the table says, each followed by the next at its answer, as in a run: while a server stands still it is asked nothing, so users who come at their own pace wait longer than the percentiles say (coordinated omission)
- a request has failed after 30 s, and is not sent again; its time is in no percentile
- 4 of 600 requests failed, 429: it answered 429, too many requests ("slow"); it asked to wait for up to 2 s, which was done
- 1 of 600 requests failed, time-out: no answer in 30 s
- this program was busy for 70 % of the time and more at 32 × 8 (texts × requests at once): the server may be faster than these rows say
- not measured, 64 × 1, 64 × 8 (texts × requests at once): every request failed: too large
`,
    );
  });

  it("says of a model in this program that it ran here, and shows no client", () => {
    const [cell] = servingRecord.cells;
    const text = servingText(
      [
        {
          ...servingRecord,
          ...{ device: "cpu", precision: "fp32", threads: 2, model: "acme/m", revision: "r1" },
          cells: [{ ...cell, clientBusy: null }],
          leftOut: [],
        },
      ],
      200,
    );
    expect(text).not.toContain("client busy");
    expect(text).not.toContain("failed after");
    expect(text).toContain(
      "asked within the program on Some CPU, 2 threads; device cpu; threads of one operator 2; fp32;",
    );
    expect(text).toContain("none of 500 requests failed\n");
  });
});

describe("records of several models", () => {
  const [single, batch] = servingRecord.cells;
  const here = {
    ...servingRecord,
    ...{ device: "cpu", precision: "fp32", threads: 2, model: "acme/m", revision: "0123456789abcdef" },
    opening: { seconds: 1.5 },
    cells: [
      { ...single, p50: 4, clientBusy: null, failed: [] },
      { ...batch, p50: 80, clientBusy: null, failed: [] },
    ],
    leftOut: [],
  };

  it("stand in one table, those of one size below each other, and below it what is of one model with its name", () => {
    const lines = servingMarkdown([servingRecord, here]).split("\n");
    const cells = lines.filter((line) => line.startsWith("|")).map((line) => line.split("|").map((one) => one.trim()));
    expect(cells.map((row) => [row[1], row[2], row[3], row[4], row[7]])).toEqual([
      ["Model", "Texts a request", "At once", "p50 ms", "failed"],
      ["---", "-:", "-:", "-:", "-:"].map((rule, i) => cells[1][[1, 2, 3, 4, 7][i]] || rule),
      ["endpoint/host:8080/acme/m", "1", "1", "10.0", "0"],
      ["acme/m", "1", "1", "4.00", "0"],
      ["endpoint/host:8080/acme/m", "32", "8", "400", "5"],
      ["acme/m", "32", "8", "80.0", "0"],
    ]);
    const facts = lines.filter((line) => line.startsWith("- "));
    expect(facts[0]).toMatch(
      /^- endpoint\/host:8080\/acme\/m at external: asked over the network .*first vector after 0\.25 s; .*failed/,
    );
    expect(facts[1]).toMatch(
      /^- acme\/m at 0123456789abcdef: .*first vector after 1\.50 s; none of 595 requests failed$/,
    );
    expect(facts.filter((line) => line.includes("coordinated omission"))).toHaveLength(1);
  });
});
