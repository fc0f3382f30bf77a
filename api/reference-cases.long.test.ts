import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { evaluate } from "./evaluate.ts";
import type { OwnTask } from "./tasks.ts";

/** A data set that somebody's report led to, with a score of the reference. */
interface Case {
  readonly name: string;
  readonly task: OwnTask;
  readonly metric: string;
  /** As it is written, with as many digits as were given. */
  readonly value: string;
}

/** Names of a metric in result files, where the reference material has another. */
const keys: Readonly<Record<string, string>> = { map: "map_at_1000" };

/** Scores that mteb 2.26.24 gave where the case states none. */
const measured: Readonly<Record<string, readonly [metric: string, value: string]>> = {
  "10-card-keep-default-na": ["accuracy", "0.806667"],
};

const shared = sharedFolder();
const root = join(shared ?? "", "cases/data");
const cases: readonly Case[] = !existsSync(root)
  ? []
  : readdirSync(root).flatMap((name) => {
      const path = join(root, name, "task.json");
      const stated = /^Expected:.*?(\w+) (-?\d+\.\d+)/m.exec(readFileSync(join(root, name, "README.md"), "utf8"));
      const [metric, value] = measured[name] ?? stated?.slice(1) ?? [];
      if (metric === undefined || value === undefined || !existsSync(path)) return [];
      const [task] = [JSON.parse(readFileSync(path, "utf8"))].flat() as OwnTask[];
      const dataset = { ...task.dataset, path: join(root, name, task.dataset.path) };
      return [{ name, task: { ...task, dataset } as OwnTask, metric, value }];
    });

describe.skipIf(cases.length === 0)("cases of the reference material (skipped where it is missing)", () => {
  const results = mkdtempSync(join(tmpdir(), "pramana-cases-"));
  afterAll(() => rmSync(results, { recursive: true }));

  it("give the reference's scores", async () => {
    vi.stubEnv("HF_HUB_CACHE", join(shared ?? "", "hub"));
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    await evaluate({ model: "pramana/static-minilm-128", tasks: cases.map((one) => one.task), results });
    vi.unstubAllEnvs();
    const [model] = readdirSync(results);
    const [revision] = readdirSync(join(results, model));
    const found = cases.map(({ name, task, metric, value }) => {
      const { scores } = JSON.parse(readFileSync(join(results, model, revision, `${task.name}.json`), "utf8"));
      const score = Number(Object.values<Record<string, number>[]>(scores)[0][0][keys[metric] ?? metric]);
      return [name, metric, score.toFixed(value.split(".")[1].length)];
    });
    expect(found).toEqual(cases.map(({ name, metric, value }) => [name, metric, value]));
    expect(cases.length).toBeGreaterThan(25);
  });
});
