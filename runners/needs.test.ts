import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HubSettings, hubSettings } from "../datasets/hub.ts";
import { type HubServer, type ServedRepository, startHubServer } from "../datasets/testing/hub-server.ts";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { benchmarkTasks, restricted } from "../tasks/benchmarks.ts";
import { placesOf } from "../tasks/places.ts";
import { prepareTask } from "../tasks/protocols/index.ts";
import type { TaskSpec } from "../tasks/task.ts";
import { byReason, missingData, needsOf, type TaskNeeds } from "./needs.ts";
import { openTaskData } from "./task-data.ts";
import { pair, pairs, ranked, repositories } from "./testing/served-tasks.ts";

const world = (hub: HubSettings) => ({ hub, signal: new AbortController().signal, emit: () => undefined });

const pathsOf = (needs: TaskNeeds): readonly string[] =>
  "files" in needs ? needs.files.map(({ path }) => path).sort() : [needs.failure];

describe("needsOf", () => {
  let server: HubServer;
  let folder: string;
  let hub: HubSettings;
  beforeEach(async () => {
    server = await startHubServer([
      ...repositories,
      { ...(repositories[0] as ServedRepository), name: "datasets/org/gated", access: "gated" },
    ]);
    folder = mkdtempSync(join(tmpdir(), "pramana-needs-"));
    hub = hubSettings({ HF_HOME: folder, PRAMANA_CACHE: folder, HF_ENDPOINT: server.endpoint });
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("names the files of the chosen subsets and splits, and fetches none of them", async () => {
    const [all, part, search] = await needsOf([pairs, restricted(pairs, { subsets: ["fra"] }), ranked], world(hub));
    expect(pathsOf(all as TaskNeeds)).toEqual(["deu/test.jsonl", "fra/test.jsonl"]);
    expect(pathsOf(part as TaskNeeds)).toEqual(["fra/test.jsonl"]);
    expect(pathsOf(search as TaskNeeds)).toEqual(["corpus.jsonl", "qrels.jsonl", "queries.jsonl"]);
    expect((all as { files: readonly object[] }).files[0]).toMatchObject({ size: pair.length, cached: false });
    expect(server.requests.filter(({ path }) => path.endsWith(".jsonl"))).toEqual([]);
  });

  it("finds the splits that steps of preparation read in place of the asked one", async () => {
    const merged = { ...pairs, languages: { deu: [] }, splits: ["both"] };
    const prepare = [{ step: "mergeSplits", from: ["train", "test"], into: "both" }] as const;
    const several = { step: "concatConfigs", splits: ["test"] } as const;
    const configs = ["deu", "fra"].map((one) => ({ config: one, rename: {} }));
    const [one, other] = await needsOf(
      [
        { ...merged, prepare },
        { ...pairs, languages: { deu: [] }, prepare: [{ ...several, configs }] },
      ],
      world(hub),
    );
    expect(pathsOf(one as TaskNeeds)).toEqual(["deu/test.jsonl", "deu/train.jsonl"]);
    expect(pathsOf(other as TaskNeeds)).toEqual(["deu/test.jsonl", "fra/test.jsonl"]);
  });

  it("tells data sets that cannot be had from those with a fault", async () => {
    const gated = { ...pairs, dataset: { ...pairs.dataset, path: "org/gated" } };
    const missing = { ...pairs, dataset: { ...pairs.dataset, path: "org/none" } };
    const lacking = { ...pairs, languages: { spa: ["spa-Latn"] } };
    const all = await needsOf([gated, missing, lacking], world(hub));
    expect(all).toMatchObject([
      { unavailable: true, failure: expect.stringContaining("org/gated is gated; accept its terms at") },
      { unavailable: true, failure: expect.stringContaining("org/none does not exist, or is private") },
      { unavailable: false, failure: expect.stringContaining('there is no config "spa"') },
    ]);
    const empty = { ...hub, cacheDir: join(folder, "empty"), offline: true };
    const [offline] = await needsOf([pairs], world(empty));
    expect(offline).toMatchObject({ unavailable: true, failure: expect.stringContaining("HF_HUB_OFFLINE is set") });
  });

  it("names all tasks whose data cannot be had, those of which only the rows are kept back too", async () => {
    const named = (path: string): TaskSpec => ({ ...pairs, name: path, dataset: { ...pairs.dataset, path } });
    const open = { ...world(hub), hub: { ...hub, token: "hf_test-token" } };
    const all = [named("org/gated"), pairs, named("org/none"), { ...pairs, languages: { spa: [] } }];
    expect(await missingData(all, world(hub))).toEqual([
      { task: "org/gated", reason: expect.stringContaining("is gated; accept its terms at") },
      { task: "org/none", reason: expect.stringContaining("does not exist") },
    ]);
    // With the token the card comes into the cache, and stays when the token is gone.
    expect(await missingData([named("org/gated")], open)).toEqual([]);
    expect(await missingData([named("org/gated")], world(hub))).toEqual([
      { task: "org/gated", reason: expect.stringContaining("is gated; accept its terms at") },
    ]);
    expect(await missingData([pairs], world({ ...hub, offline: true }))).toEqual([
      {
        task: "org/pairs",
        reason: expect.stringMatching(/^the data are not in the cache folder .*HF_HUB_OFFLINE is set/),
      },
    ]);
    const lacking = ["a", "b", "c"].map((task) => ({ task, reason: task === "b" ? "gated" : "offline" }));
    expect(byReason(lacking)).toEqual([
      { tasks: "a, c", reason: "offline" },
      { tasks: "b", reason: "gated" },
    ]);
    expect(server.requests.filter(({ path, range }) => path.endsWith(".jsonl") && range !== "bytes=0-0")).toEqual([]);
  });

  it("names what a run then reads, no more and no less", async () => {
    for (const one of [pairs, ranked]) {
      const [needs] = await needsOf([one], world(hub));
      const before = server.requests.length;
      await readAll(one, hub);
      const read = server.requests.slice(before).map(({ path }) => path.replace(/^.*\/resolve\/[^/]+\//, ""));
      expect(read.sort()).toEqual(pathsOf(needs as TaskNeeds));
    }
  });
});

/** Reads the rows of a task as a run does. */
async function readAll(task: TaskSpec, hub: HubSettings): Promise<void> {
  const dataset = await openTaskData(task, hub);
  for (const { split, subset } of placesOf(task)) await prepareTask(task, subset, split, dataset);
}

const material = sharedFolder();

describe.skipIf(material === undefined)("needsOf, of real data sets (skipped without the folder shared/hub)", () => {
  const hub = hubSettings({ HF_HUB_CACHE: join(material ?? "", "hub"), HF_HUB_OFFLINE: "1" });
  const folderOf = (id: string): string => `datasets--${id.replace("/", "--")}`;
  const cached = benchmarkTasks("MTEB(eng, v1)").filter(({ dataset: { path, revision } }) =>
    existsSync(join(hub.cacheDir, folderOf(path), "snapshots", revision)),
  );

  it("finds some", () => expect(cached.length).toBeGreaterThan(8));

  it.each(cached.map((one) => [one.name, one] as const))(
    "%s can be read from the named files alone",
    async (_, one) => {
      const [needs] = await needsOf([one], world(hub));
      const empty = mkdtempSync(join(tmpdir(), "pramana-needs-"));
      const repository = folderOf(one.dataset.path);
      const copy = (...path: readonly string[]): void =>
        cpSync(join(hub.cacheDir, repository, ...path), join(empty, repository, ...path), {
          recursive: true,
          dereference: true,
        });
      for (const lists of ["listings", "trees"]) if (existsSync(join(hub.cacheDir, repository, lists))) copy(lists);
      for (const path of ["README.md", ...pathsOf(needs as TaskNeeds)]) copy("snapshots", one.dataset.revision, path);
      await expect(readAll(one, { ...hub, cacheDir: empty })).resolves.toBeUndefined();
      rmSync(empty, { recursive: true, force: true });
    },
  );
});
