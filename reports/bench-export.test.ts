import { parse } from "csv-parse/sync";
import { describe, expect, it } from "vitest";
import { benchRecord, servingRecord } from "../runners/bench/testing/world.ts";
import { benchCsv } from "./bench-csv.ts";
import { benchOpenMetrics } from "./bench-openmetrics.ts";

describe("benchCsv", () => {
  const rows = (record: typeof benchRecord | typeof servingRecord): Record<string, string>[] =>
    parse(benchCsv([record]), { columns: true });

  it("has a row for each measurement of a server", () => {
    const [single, batch] = rows(servingRecord);
    expect(single).toMatchObject({
      ...{ model: "endpoint/host:8080/acme/m", device: "remote", measured: "serving" },
      ...{ texts_a_request: "1", requests_at_once: "1", p50_ms: "10", p90_ms: "", p95_ms: "20.5", failed: "0" },
      ...{ requests_per_second: "100", tokens_per_second: "8000", mean_tokens: "80", answered: "500" },
      measured_at: new Date(servingRecord.date * 1000).toISOString(),
    });
    expect(batch).toMatchObject({ texts_a_request: "32", requests_at_once: "8", tokens_per_second: "", failed: "5" });
  });

  it("has the same columns for a model, and leaves empty what was not measured", () => {
    const [latency, throughput, corpus] = rows(benchRecord);
    expect(Object.keys(latency)).toEqual(Object.keys(rows(servingRecord)[0]));
    expect(latency).toMatchObject({ measured: "latency", role: "query", tokens: "128", p50_ms: "12.345", p95_ms: "" });
    expect(throughput).toMatchObject({
      measured: "throughput",
      texts_a_request: "8",
      texts_per_second: "100",
      p50_ms: "",
    });
    expect(corpus).toMatchObject({ measured: "corpus", texts_a_request: "200", tokens: "", requests_at_once: "1" });
  });
});

describe("benchOpenMetrics", () => {
  it("writes families with type, unit and help before their samples, and the end", () => {
    const cell = 'model="endpoint/host:8080/acme/m",revision="external",measured="serving",role="document"';
    const lines = benchOpenMetrics([servingRecord]).split("\n");
    expect(lines.slice(-2)).toEqual(["# EOF", ""]);
    expect(lines.slice(3, 10)).toEqual([
      "# TYPE pramana_bench_latency_seconds summary",
      "# UNIT pramana_bench_latency_seconds seconds",
      "# HELP pramana_bench_latency_seconds Time of one call or request, from sending to the last byte.",
      `pramana_bench_latency_seconds{${cell},texts="1",concurrency="1",quantile="0.5"} 0.01`,
      `pramana_bench_latency_seconds{${cell},texts="1",concurrency="1",quantile="0.95"} 0.0205`,
      `pramana_bench_latency_seconds{${cell},texts="1",concurrency="1",quantile="0.99"} 0.03125`,
      `pramana_bench_latency_seconds_count{${cell},texts="1",concurrency="1"} 500`,
    ]);
    expect(lines).toContain(`pramana_bench_failed_requests_total{${cell},texts="32",concurrency="8",kind="429"} 4`);
    expect(lines.filter((line) => line.startsWith("pramana_bench_tokens_per_second{"))).toHaveLength(1);
  });

  it("escapes what others chose", () => {
    const text = benchOpenMetrics([{ ...benchRecord, model: 'a"b\\c\nd' }]);
    expect(text).toContain('model="a\\"b\\\\c\\nd"');
    expect(text).not.toContain("failed_requests");
  });
});
