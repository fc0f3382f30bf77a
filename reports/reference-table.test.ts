import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { readMainScores, readResults } from "../runners/results/read-results.ts";
import { makeLeaderboard } from "./leaderboard.ts";
import type { RequiredTask } from "./required.ts";

interface Reference {
  readonly tasks: readonly RequiredTask[];
  /** Contents of result files, by their paths. */
  readonly files: Readonly<Record<string, unknown>>;
  readonly table: readonly Readonly<Record<string, number | string | null>>[];
}

const file = join(import.meta.dirname, "fixtures/reference-table.json");
const { tasks, files, table }: Reference = JSON.parse(readFileSync(file, "utf8"));

it("gaps, unfinished tasks and subsets twice give mteb's table: every value, every rank", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pramana-table-"));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify(content));
  }
  const known = new Set(tasks.map(({ name }) => name));
  for (const reading of [
    await readMainScores([folder], { now: 0, known, wanted: known }),
    await readResults([folder], { now: 0 }),
  ]) {
    const { rows } = makeLeaderboard(reading.results, tasks, tasks);
    // mteb leaves out what its registry lacks, after it has ranked all.
    const shown = rows.filter(({ model }) => model !== "acme/unknown");
    const byModel = new Map(shown.map((row) => [row.model, row]));
    expect([...byModel.keys()].sort()).toEqual(table.map((row) => row["Model"]).sort());
    for (const {
      "Rank (Borda)": rank,
      Model: model,
      "Mean (Task)": meanTask,
      "Mean (TaskType)": meanType,
      ...types
    } of table) {
      const row = byModel.get(String(model));
      expect([model, row?.rank]).toEqual([model, rank]);
      const ours = [row?.meanTask, row?.meanType, ...Object.keys(types).map((type) => row?.byType[type as "STS"])];
      const rounded = (value: unknown) => (typeof value === "number" ? value.toFixed(11) : value);
      expect([model, ...ours.map(rounded)]).toEqual([
        model,
        ...[meanTask, meanType, ...Object.values(types)].map(rounded),
      ]);
    }
  }
  rmSync(folder, { recursive: true });
});
