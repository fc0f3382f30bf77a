import { expect, it } from "vitest";
import { metricsText, noTally } from "./metrics.ts";

it("a page of OpenMetrics names each number once, its counters as totals, and ends", () => {
  const text = metricsText({ ...noTally(), done: 3, tokens: 1234, encodingSeconds: 0.5, running: 1 }, 7);
  expect(text).toContain(
    "# TYPE pramana_units counter\n# HELP pramana_units Units that this worker did.\npramana_units_total 3\n",
  );
  expect(text).toContain("\npramana_tokens_total 1234\n");
  expect(text).toContain("\npramana_encoding_seconds_total 0.5\n");
  expect(text).toContain("\npramana_units_running 1\n");
  expect(text).toContain("\npramana_queue_waiting 7\n");
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(text).toMatch(/\n# EOF\n$/);
});
