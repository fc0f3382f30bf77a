import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type HubServer, type ServedRepository, startHubServer } from "../datasets/testing/hub-server.ts";
import type { TaskSpec } from "../tasks/task.ts";
import type { RunEvent } from "./events.ts";
import { fetchAhead, fetchFiles } from "./fetch.ts";
import { modelNeeds } from "./model/model-needs.ts";
import { missingData } from "./needs.ts";
import { commit, pairs, ranked, repositories } from "./testing/served-tasks.ts";
import { openWorld, type World } from "./world.ts";

const fixture = fileURLToPath(new URL("../models/fixtures/bert-cls", import.meta.url));

/** The files below a folder by their paths. */
const filesOf = (folder: string): Record<string, Buffer> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(folder.length + 1), readFileSync(path)];
      }),
  );

const model: ServedRepository = {
  name: "models/org/model",
  refs: { main: commit },
  commits: { [commit]: { ...filesOf(fixture), "pytorch_model.bin": "not needed", "onnx/model.onnx": "not needed" } },
};
const gated = { ...(repositories[0] as ServedRepository), name: "datasets/org/gated", access: "gated" } as const;
const named = (path: string): TaskSpec => ({ ...pairs, name: path, dataset: { ...pairs.dataset, path } });

describe("fetchAhead", () => {
  let server: HubServer;
  let folder: string;
  let stop: AbortController;
  let events: RunEvent[];
  beforeEach(async () => {
    server = await startHubServer([...repositories, model, gated]);
    folder = mkdtempSync(join(tmpdir(), "pramana-fetch-"));
    stop = new AbortController();
    events = [];
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const world = (env: Readonly<Record<string, string>> = {}): World => {
    const opened = openWorld({
      env: { HF_HOME: folder, PRAMANA_CACHE: folder, HF_ENDPOINT: server.endpoint, ...env },
      signal: stop.signal,
      now: () => Date.now() / 1000,
      emit: (event) => void events.push(event),
      note: () => undefined,
    });
    return { ...opened, hub: { ...opened.hub, wait: async () => undefined } };
  };
  const fetched = (): readonly string[] =>
    server.requests
      .filter(({ server: by, path }) => by === "hub" && path.includes("/resolve/"))
      .map(({ path }) => path.replace(/^.*\/resolve\/[^/]+\//, ""));

  it("fetches what the tasks need, after which they can be read without the Hub, and nothing twice", async () => {
    const first = await fetchAhead([pairs, ranked], undefined, world());
    expect(first).toMatchObject({ files: 5, needed: 5, failures: [] });
    expect(fetched()).not.toContain("other.jsonl");
    expect(fetched()).not.toContain("deu/train.jsonl");
    expect(await missingData([pairs, ranked], world({ HF_HUB_OFFLINE: "1" }))).toEqual([]);
    const before = server.requests.length;
    expect(await fetchAhead([pairs, ranked], undefined, world())).toMatchObject({ files: 0, bytes: 0, needed: 5 });
    expect(server.requests.length).toBe(before);
  });

  it("tells the bytes and files of all that is fetched", async () => {
    const { bytes } = await fetchAhead([pairs, ranked], undefined, world());
    const told = events.filter((event) => event.kind === "fetching");
    expect(told.at(-1)).toEqual({ kind: "fetching", done: bytes, total: bytes, files: 5, count: 5 });
    expect(events.some(({ kind }) => kind === "downloading")).toBe(false);
  });

  it("fetches of a model the files that it runs by", async () => {
    const choice = { model: "org/model" };
    expect(await fetchAhead([], choice, world())).toMatchObject({ failures: [], needed: 0 });
    expect(fetched()).toContain("model.safetensors");
    expect(fetched()).not.toContain("pytorch_model.bin");
    expect(fetched()).not.toContain("onnx/model.onnx");
    expect(await fetchAhead([], choice, world())).toMatchObject({ files: 0 });
    expect(await fetchAhead([], { ...choice, onnx: true }, world())).toMatchObject({ files: 1 });
  });

  it("goes on where it broke off", async () => {
    await modelNeeds({ model: "org/model" }, world().hub);
    Object.assign(server.faults, { cuts: 1, cutAfter: 5000 });
    await fetchAhead([], { model: "org/model" }, world());
    expect(server.requests.some(({ range }) => range === "bytes=5000-")).toBe(true);
  });

  it("keeps what had come when it is stopped", async () => {
    server.faults.delay = 20;
    const opened = world();
    const running = fetchAhead(
      [],
      { model: "org/model" },
      {
        ...opened,
        emit: (event) => {
          if (event.kind === "fetching" && event.done > 20_000) stop.abort(new Error("stopped"));
        },
      },
    );
    await expect(running).rejects.toThrow("stopped");
    server.faults.delay = 0;
    stop = new AbortController();
    const before = server.requests.length;
    expect(await fetchAhead([], { model: "org/model" }, world())).toMatchObject({ failures: [] });
    expect(server.requests.slice(before).some(({ range }) => range !== undefined)).toBe(true);
  });

  it("names all that cannot be had, and fetches the rest", async () => {
    const { failures, files } = await fetchAhead([named("org/gated"), named("org/none"), ranked], undefined, world());
    expect(failures).toEqual([
      expect.stringMatching(/^org\/gated: hub: dataset org\/gated is gated; accept its terms/),
      expect.stringMatching(/^org\/none: hub: dataset org\/none does not exist/),
    ]);
    expect(files).toBe(3);
  });

  it("begins nothing where the disk has no room for all", async () => {
    const huge = { kind: "dataset", id: "org/pairs", revision: commit, path: "x", size: 1e18, cached: false } as const;
    await expect(fetchFiles([huge], world())).rejects.toThrow(
      /^fetch: 1000000000\.00 GB are to be fetched into .*, where .* are free; make room, set HF_HUB_CACHE to another disk/,
    );
    expect(server.requests).toEqual([]);
  });

  it("refuses where the Hub is not to be asked", async () => {
    await expect(fetchAhead([ranked], undefined, world({ HF_HUB_OFFLINE: "1" }))).rejects.toThrow(
      "fetch: HF_HUB_OFFLINE is set, so that nothing may be fetched; unset it",
    );
  });
});
