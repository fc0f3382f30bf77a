import type { StoredBench } from "../runners/bench/file.ts";
import { type FlatCell, flatCells } from "./bench-cells.ts";
import { linesText } from "./table.ts";

type Labels = Readonly<Record<string, string | number>>;

interface Sample {
  /** Added to the family's name. */
  readonly suffix: string;
  readonly labels: Labels;
  readonly value: number;
}

/** A family of metrics, which OpenMetrics describes before its samples. */
interface Family {
  readonly name: string;
  readonly type: "summary" | "gauge" | "counter" | "info";
  /** What the name ends in, where it says a unit. */
  readonly unit?: "seconds";
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** Escapes a label's value, or with `"` left as it is a help text. Source: OpenMetrics 1.0, "Escaping". */
const escaped = (text: string): string => text.replace(/[\\"]/g, "\\$&").replace(/\n/g, "\\n");

const labelsText = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(String(value))}"`)
    .join(",")}}`;

const familyLines = ({ name, type, unit, help, samples }: Family): string[] =>
  samples.length === 0
    ? []
    : [
        `# TYPE ${name} ${type}`,
        ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
        `# HELP ${name} ${help}`,
        ...samples.map(({ suffix, labels, value }) => `${name}${suffix}${labelsText(labels)} ${value}`),
      ];

const quantiles = { p50: "0.5", p90: "0.9", p95: "0.95", p99: "0.99" } as const;

/** Names a measurement by its model and cell. */
function labelsOf({ model, revision }: StoredBench, cell: FlatCell): Labels {
  return {
    ...{ model, revision, measured: cell.measured, role: cell.role ?? "pair" },
    ...{ texts: cell.texts, concurrency: cell.concurrency },
    ...(cell.tokens === null ? {} : { tokens: cell.tokens }),
  };
}

/** Names what a record was measured on. */
function placeOf({ model, revision, cpu, device, accelerator = "", precision, threads, pramana }: StoredBench): Labels {
  return { model, revision, cpu, device, accelerator, precision, threads, version: pramana };
}

/**
 * Writes records in the text form of OpenMetrics 1.0, as Prometheus and its kin read it from a file or an address. Every
 * sample bears the model and the cell; what it was measured on stands once, in `pramana_bench_info`.
 */
export function benchOpenMetrics(records: readonly StoredBench[]): string {
  const cells = records.flatMap((record) =>
    flatCells(record).map((cell) => ({ cell, labels: labelsOf(record, cell) })),
  );
  const gauge = (name: string, help: string, of: (cell: FlatCell) => number | null): Family => ({
    name,
    type: "gauge",
    help,
    samples: cells.flatMap(({ cell, labels }) => {
      const value = of(cell);
      return value === null ? [] : [{ suffix: "", labels, value }];
    }),
  });
  const families: readonly Family[] = [
    {
      name: "pramana_bench",
      type: "info",
      help: "What the figures were measured on, and by which program.",
      samples: records.map((record) => ({ suffix: "_info", labels: placeOf(record), value: 1 })),
    },
    {
      name: "pramana_bench_latency_seconds",
      type: "summary",
      unit: "seconds",
      help: "Time of one call or request, from sending to the last byte.",
      samples: cells.flatMap(({ cell, labels }) => {
        const known = (Object.keys(quantiles) as (keyof typeof quantiles)[]).flatMap((key): Sample[] => {
          const milliseconds = cell[key];
          if (milliseconds === null) return [];
          return [{ suffix: "", labels: { ...labels, quantile: quantiles[key] }, value: milliseconds / 1000 }];
        });
        return known.length === 0 ? [] : [...known, { suffix: "_count", labels, value: cell.answered }];
      }),
    },
    gauge(
      "pramana_bench_requests_per_second",
      "Answered calls or requests a second.",
      (cell) => cell.requestsPerSecond,
    ),
    gauge("pramana_bench_texts_per_second", "Texts a second.", (cell) => cell.textsPerSecond),
    gauge("pramana_bench_tokens_per_second", "Tokens a second.", (cell) => cell.tokensPerSecond),
    {
      name: "pramana_bench_failed_requests",
      type: "counter",
      help: "Requests that failed, by kind.",
      samples: cells.flatMap(({ cell, labels }) =>
        cell.failed.map(({ kind, count }) => ({ suffix: "_total", labels: { ...labels, kind }, value: count })),
      ),
    },
    {
      name: "pramana_bench_time_seconds",
      type: "gauge",
      unit: "seconds",
      help: "When this was measured, in seconds since 1970.",
      samples: records.map(({ model, revision, date }) => ({ suffix: "", labels: { model, revision }, value: date })),
    },
  ];
  return linesText([...families.flatMap(familyLines), "# EOF"]);
}
