import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { InputError } from "../errors.ts";
import { type HubSettings, hubSettings, openSnapshot, type Snapshot } from "../hub.ts";
import { etagOf, type HubServer, startHubServer } from "./hub-server.ts";

export const first = "a".repeat(40);
export const second = "b".repeat(40);
export const parquet = "data/test-00000-of-00001.parquet";
export const large = Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i) % 251));
/** Files of org/set at `second`. */
export const files: Readonly<Record<string, Buffer | string>> = {
  "README.md": "---\nconfigs: []\n---\n",
  [parquet]: large,
  "notes.txt": "",
  "a folder/with %23 # and ?.txt": "odd",
  "z.txt": "last",
};
export const parquetEtag = etagOf(parquet, large);

export interface HubWorld {
  readonly server: HubServer;
  /** HF_HOME, empty. */
  readonly folder: string;
  readonly settings: HubSettings;
  open(more?: Partial<HubSettings>, revision?: string, id?: string): Promise<Snapshot>;
  /** Folder of org/set in the cache. */
  readonly repository: string;
  blobs(): string[];
}

/** Gives each test a Hub of its own with a few repositories, and an empty cache folder. */
export function useHub(): HubWorld {
  let server: HubServer;
  let folder: string;
  let settings: HubSettings;
  beforeEach(async () => {
    const small = { commits: { [first]: { "x.txt": "x" } }, refs: { main: first } };
    server = await startHubServer([
      {
        name: "datasets/org/set",
        commits: { [first]: { "old.txt": "old" }, [second]: files },
        refs: { main: second, v1: first, "refs/pr/1": first },
      },
      { name: "models/org/model", commits: { [first]: { "config.json": "{}" } }, refs: { main: first } },
      { name: "datasets/org/gated", ...small, access: "gated" },
      { name: "datasets/org/private", ...small, access: "private" },
    ]);
    folder = mkdtempSync(join(tmpdir(), "pramana-hub-"));
    const fromEnvironment = hubSettings({ HF_HOME: folder, PRAMANA_CACHE: folder, HF_ENDPOINT: server.endpoint });
    settings = { ...fromEnvironment, wait: async () => undefined };
  });
  afterEach(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const repository = (): string => join(folder, "hub", "datasets--org--set");
  return {
    get server() {
      return server;
    },
    get folder() {
      return folder;
    },
    get settings() {
      return settings;
    },
    get repository() {
      return repository();
    },
    open: (more = {}, revision = second, id = "org/set") =>
      openSnapshot({ kind: "dataset", id, revision }, { ...settings, ...more }),
    blobs: () => readdirSync(join(repository(), "blobs")).sort(),
  };
}

/** Returns the message of the `InputError` that an action must end with. */
export async function messageFrom(action: Promise<unknown>): Promise<string> {
  const error = await action.then(
    () => expect.fail("nothing was thrown"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message;
}
