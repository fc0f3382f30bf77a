/** What a worker has done since it started. */
export interface Tally {
  done: number;
  failed: number;
  /** Texts and tokens that its models encoded, and the seconds that this took. */
  texts: number;
  tokens: number;
  encodingSeconds: number;
  /** Units at work now. */
  running: number;
}

export const noTally = (): Tally => ({ done: 0, failed: 0, texts: 0, tokens: 0, encodingSeconds: 0, running: 0 });

/** The type of an OpenMetrics page. */
export const metricsType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

interface Metric {
  readonly name: string;
  readonly kind: "counter" | "gauge";
  readonly help: string;
  readonly of: (tally: Tally, waiting: number) => number;
}

const metrics: readonly Metric[] = [
  { name: "pramana_units", kind: "counter", help: "Units that this worker did.", of: ({ done }) => done },
  { name: "pramana_units_failed", kind: "counter", help: "Units that failed here.", of: ({ failed }) => failed },
  {
    name: "pramana_texts",
    kind: "counter",
    help: "Texts that models encoded in units done.",
    of: ({ texts }) => texts,
  },
  {
    name: "pramana_tokens",
    kind: "counter",
    help: "Tokens that models saw, without padding.",
    of: ({ tokens }) => tokens,
  },
  {
    name: "pramana_encoding_seconds",
    kind: "counter",
    help: "Seconds in models in units done.",
    of: ({ encodingSeconds }) => encodingSeconds,
  },
  { name: "pramana_units_running", kind: "gauge", help: "Units at work here.", of: ({ running }) => running },
  { name: "pramana_queue_waiting", kind: "gauge", help: "Units that wait in the queue.", of: (_, waiting) => waiting },
];

/** Writes a page in the form of OpenMetrics 1.0. `waiting`: units that wait in the worker's queue. */
export function metricsText(tally: Tally, waiting: number): string {
  const lines = metrics.flatMap(({ name, kind, help, of }) => [
    `# TYPE ${name} ${kind}`,
    `# HELP ${name} ${help}`,
    `${name}${kind === "counter" ? "_total" : ""} ${of(tally, waiting)}`,
  ]);
  return `${lines.join("\n")}\n# EOF\n`;
}
