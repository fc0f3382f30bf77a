import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type HubServer, startHubServer } from "../datasets/testing/hub-server.ts";
import { pairs, ranked, repositories } from "../runners/testing/served-tasks.ts";
import { fetchCommand } from "./fetch.ts";
import type { Terminal } from "./terminal.ts";

const folder = mkdtempSync(join(tmpdir(), "pramana-fetch-command-"));
const taskFile = [join(folder, "tasks.json")];
let server: HubServer;

beforeAll(async () => {
  server = await startHubServer(repositories);
  const lacking = { ...pairs, name: "Lacking", dataset: { ...pairs.dataset, path: "org/none" } };
  writeFileSync(
    taskFile[0],
    JSON.stringify({ tasks: [{ ...pairs, name: "Pairs" }, { ...ranked, name: "Ranked" }, lacking] }),
  );
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command; returns whether all went well, and what it told. */
async function fetched(dryRun: boolean): Promise<readonly [well: boolean, out: string, err: string]> {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    env: { HF_HUB_CACHE: join(folder, "hub"), HF_ENDPOINT: server.endpoint },
    out: (text) => void out.push(text),
    err: (text) => void err.push(text),
    readInput: async () => "",
    now: () => 0,
    signal: new AbortController().signal,
  };
  const well = await fetchCommand({ taskFile, dryRun }, terminal);
  return [well, out.join(""), err.join("")];
}

describe("pramana fetch", () => {
  it("tells by --dry-run what it would fetch, and what cannot be had, and asks for no file of rows", async () => {
    const [well, out] = await fetched(true);
    expect(well).toBe(false);
    expect(out).toMatch(/^\| Model or task \| Files \| +To fetch \|\n/);
    expect(out).toMatch(/\| Pairs +\| +2 \| +\d+\.\d kB \|/);
    expect(out).toMatch(/\| Lacking +\| +0 \| not known \|/);
    expect(out).toMatch(
      /\n- 5 files to fetch, \d+\.\d kB, into .*, where .* are free\n- Lacking: hub: dataset org\/none/,
    );
    expect(server.requests.some(({ path }) => path.endsWith(".jsonl"))).toBe(false);
  });

  it("tells first how much it is, and afterwards what it fetched", async () => {
    const [well, out, err] = await fetched(false);
    expect(well).toBe(false);
    expect(err).toMatch(/^\S+Z 5 files to fetch, .*\n/m);
    expect(err).toMatch(/\nnot fetched: Lacking: hub: dataset org\/none does not exist/);
    expect(out).toMatch(/^5 files fetched, \d+\.\d kB; the data of 2 tasks are 5 files, in /);
    expect((await fetched(true))[1]).toMatch(/\n- 0 files to fetch, 0\.0 kB, into /);
  });
});
