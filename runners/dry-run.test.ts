import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HubServer, startHubServer } from "../datasets/testing/hub-server.ts";
import { getTask } from "../tasks/index.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { dryRun } from "./dry-run.ts";
import { type MeasureChoice, measure } from "./measure.ts";
import { pair, pairs, repositories } from "./testing/served-tasks.ts";
import { openWorld, type World } from "./world.ts";

const model = fileURLToPath(new URL("../models/fixtures/bert-cls", import.meta.url));

describe("dryRun", () => {
  let server: HubServer;
  let folder: string;
  let choice: MeasureChoice & { readonly results: string };
  beforeEach(async () => {
    server = await startHubServer(repositories);
    folder = mkdtempSync(join(tmpdir(), "pramana-dry-"));
    choice = {
      model,
      device: "cpu",
      threads: 1,
      estimator: "official",
      overwrite: false,
      results: join(folder, "results"),
    };
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const world = (env: Readonly<Record<string, string>> = {}): World =>
    openWorld({
      env: { HF_HOME: folder, PRAMANA_CACHE: join(folder, "own"), HF_ENDPOINT: server.endpoint, ...env },
      signal: new AbortController().signal,
      now: () => Date.now() / 1000,
      emit: () => undefined,
      note: () => undefined,
    });
  const none = { ...pairs, name: "none", dataset: { ...pairs.dataset, path: "org/none" } };
  const faulty: TaskSpec = { ...pairs, name: "faulty", languages: { spa: ["spa-Latn"] } };

  it("tells what is to be fetched, not to be had and faulty, and how long it takes; nothing is stored", async () => {
    const known = { ...pairs, name: "STS12" };
    const plan = await dryRun(choice, [known, none, faulty, getTask("MiniSTS")], undefined, world());
    expect(plan).toMatchObject({ modelBytesToFetch: 0, whyNoTime: null, bytesToFetch: 2 * pair.length });
    expect(plan.tasks).toMatchObject([
      { task: "STS12", state: "to fetch", bytesToFetch: 2 * pair.length, texts: 2 * 6216, seconds: expect.any(Number) },
      { task: "none", state: "not to be had", bytesToFetch: null, reason: expect.stringContaining("does not exist") },
      { task: "faulty", state: "faulty", bytesToFetch: null, reason: expect.stringContaining('no config "spa"') },
      { task: "MiniSTS", state: "cached", bytesToFetch: 0, texts: null, seconds: null },
    ]);
    expect(plan.tasks[0]?.seconds).toBeGreaterThan(0);
    // Vectors of 48 values, of the one task whose texts are known, which has two subsets here.
    expect(plan.vectorBytes).toBe(2 * 6216 * 48 * 4);
    expect(readdirSync(folder)).not.toContain("results");
  });

  it("leaves out what is stored", async () => {
    const tasks = [getTask("MiniSTS")];
    await measure(choice, tasks, undefined, world());
    const plan = await dryRun(choice, tasks, undefined, world());
    expect(plan.tasks).toMatchObject([{ state: "stored", seconds: 0 }]);
    expect(plan.whyNoTime).toBe("nothing is left to run");
    expect((await dryRun({ ...choice, overwrite: true }, tasks, undefined, world())).tasks[0]?.state).toBe("cached");
  });

  it("says what cannot be known without the Hub, or of a model that is not cached", async () => {
    const offline = world({ HF_HUB_OFFLINE: "1" });
    const plan = await dryRun({ ...choice, model: "org/model" }, [pairs], undefined, offline);
    expect(plan).toMatchObject({
      modelBytesToFetch: null,
      whyNoTime: expect.stringContaining("HF_HUB_OFFLINE is set"),
      machine: null,
      tasks: [{ state: "not to be had", bytesToFetch: null, seconds: null }],
    });
  });
});
