import type { StoredBench } from "../runners/bench/file.ts";
import { failures, flatCells } from "./bench-cells.ts";
import { csv } from "./table.ts";

/** Writes records as comma-separated values: a row for each measurement, with what it was measured on. */
export function benchCsv(records: readonly StoredBench[]): string {
  const rows = records.flatMap(rowsOf);
  return csv([Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))]);
}

function rowsOf(record: StoredBench) {
  const { model, revision, cpu, device, accelerator = null, precision, threads, date } = record;
  const facts = {
    model,
    revision,
    cpu,
    device,
    accelerator,
    precision,
    threads,
    measured_at: new Date(date * 1000).toISOString(),
  };
  return flatCells(record).map((cell) => ({
    ...facts,
    measured: cell.measured,
    role: cell.role,
    texts_a_request: cell.texts,
    requests_at_once: cell.concurrency,
    tokens: cell.tokens,
    mean_tokens: cell.meanTokens,
    p50_ms: cell.p50,
    p90_ms: cell.p90,
    p95_ms: cell.p95,
    p99_ms: cell.p99,
    requests_per_second: cell.requestsPerSecond,
    texts_per_second: cell.textsPerSecond,
    tokens_per_second: cell.tokensPerSecond,
    answered: cell.answered,
    failed: failures(cell),
  }));
}
