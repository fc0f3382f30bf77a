import { describe, expect, it } from "vitest";
import { servingRecord } from "../runners/bench/testing/world.ts";
import { servingMarkdown, servingText } from "./serving-table.ts";

describe("servingMarkdown", () => {
  it("prints a row for each size, what failed, where the client was the limit, and what was left out", () => {
    expect(servingMarkdown(servingRecord)).toBe(
      `| Texts a request | At once | p50 ms | p95 ms | p99 ms | requests/s | texts/s | texts/s of rounds | tokens/s | answered | failed | client busy |
| --------------: | ------: | -----: | -----: | -----: | ---------: | ------: | ----------------: | -------: | -------: | -----: | ----------: |
|               1 |       1 |   10.0 |   20.5 |   31.3 |        100 |     100 |            90–110 |     8000 |      500 |      0 |         5 % |
|              32 |       8 |    400 |    800 |    900 |         20 |     640 |           600–650 |        — |       95 |      5 |        75 % |

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
      {
        ...servingRecord,
        ...{ device: "cpu", precision: "fp32", threads: 2, model: "acme/m", revision: "r1" },
        cells: [{ ...cell, clientBusy: null }],
        leftOut: [],
      },
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
