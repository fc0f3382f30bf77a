import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { etagOf } from "../datasets/testing/hub-server.ts";
import { identityOf, modelFolder } from "../models/cache/folder.ts";
import { keyBytes } from "../models/cache/record.ts";
import { openStore } from "../models/cache/store.ts";
import { writeSamples } from "../runners/results/samples-file.ts";
import { writeResult } from "../runners/results/store.ts";
import { result, run } from "../runners/testing/task-results.ts";
import { verifyCache } from "./cache-verify.ts";
import type { Terminal } from "./terminal.ts";

const commit = "c".repeat(40);
let home: string;
let files: Readonly<Record<"blob" | "small" | "listed" | "vectors" | "result" | "samples", string>>;

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "pramana-verify-"));
  files = { ...cacheFiles(), vectors: await keptVectors(), ...(await storedResult()) };
});
afterEach(() => rmSync(home, { recursive: true }));

/** Makes a repository of three files in the Hub's cache: two links to blobs, and one file that only the list tells of. */
function cacheFiles(): { blob: string; small: string; listed: string } {
  const folder = join(home, "hub", "models--org--model");
  const snapshot = join(folder, "snapshots", commit);
  for (const path of ["blobs", "trees", join("snapshots", commit)]) mkdirSync(join(folder, path), { recursive: true });
  const place = (path: string, content: string): string => {
    const blob = join(folder, "blobs", etagOf(path, content));
    writeFileSync(blob, content);
    symlinkSync(join("..", "..", "blobs", etagOf(path, content)), join(snapshot, path));
    return blob;
  };
  const [blob, small] = [place("model.safetensors", "weights"), place("config.json", "{}")];
  writeFileSync(join(snapshot, "README.md"), "text");
  const listed = { "README.md": { size: 4, blob_id: etagOf("README.md", "text") } };
  writeFileSync(join(folder, "trees", `${commit}.json`), JSON.stringify({ format_version: 1, files: listed }));
  return { blob, small, listed: join(snapshot, "README.md") };
}

async function keptVectors(): Promise<string> {
  const [folder, identity] = [join(home, "own"), identityOf({ model: "org/model" })];
  const model = { model: "org/model", revision: commit, device: "cpu", dims: 8 };
  const store = await openStore({ folder, limit: 1e9, identity, model, warn: () => {}, now: () => 1 });
  const vectors = Array.from({ length: 5 }, () => ({ row: new Float32Array(8).fill(1), seconds: 1 }));
  await store.append(Buffer.alloc(5 * keyBytes, 1), vectors);
  await store.close();
  const own = modelFolder(folder, identity);
  return join(own, readdirSync(own).find((name) => name.endsWith(".vectors")) ?? "");
}

async function storedResult(): Promise<{ result: string; samples: string }> {
  const folder = join(home, "results", "org__model", commit);
  const values = Float64Array.from({ length: 50 }, (_, i) => i / 7);
  const samples = await writeSamples(folder, result(), [
    { split: "test", subset: "default", samples: { kind: "mean", values } },
  ]);
  return { result: await writeResult(folder, result({ run })), samples: samples ?? "" };
}

/** Flips a bit of a byte of a file. */
function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] ^= 1;
  writeFileSync(file, bytes);
}

async function verify(format: "text" | "json" = "text"): Promise<{ whole: boolean; printed: string }> {
  let printed = "";
  const env = { HF_HOME: home, PRAMANA_CACHE: join(home, "own") };
  const terminal = {
    env,
    out: (text: string) => (printed += text),
    err: () => {},
    now: () => 1,
  } as unknown as Terminal;
  return { whole: await verifyCache({ results: [join(home, "results")], format }, terminal), printed };
}

describe("pramana cache verify", () => {
  it("tells what it compared", async () => {
    expect(await verify()).toEqual({
      whole: true,
      printed: `${home}/hub: 3 files, 13 bytes; none is damaged
${home}/own: 5 vectors, 1 model; none is damaged
${home}/results: 1 result, 1 file of samples; none is damaged
`,
    });
    const [hub] = JSON.parse((await verify("json")).printed).places;
    expect(hub.counts).toEqual({ files: 3, bytes: 13, "files without a checksum": 0 });
  });

  it("counts files and results that have no checksum", async () => {
    rmSync(join(home, "hub", "models--org--model", "trees"), { recursive: true });
    writeFileSync(files.result, readFileSync(files.result, "utf8").replace(/,\s*"sha256": "\w+"/, ""));
    const { whole, printed } = await verify();
    expect(whole).toBe(true);
    expect(printed).toContain("hub: 2 files, 9 bytes, 1 file without a checksum; none is damaged");
    expect(printed).toContain("results: 1 result, 1 result without a checksum, 1 file of samples; none is damaged");
  });

  it.each<[keyof typeof files, number, string]>([
    ["blob", 3, `its checksum is ${createHash("sha256").update("weifhts").digest("hex")}, expected`],
    ["small", 1, "; remove the file and fetch it again"],
    ["listed", 1, "its checksum is"],
    ["vectors", 100, "1 of 5 vectors, which are computed again when needed"],
    ["result", 100, "result: "],
    ["samples", 300, "run the task again to store its samples, or remove the file"],
  ])("names a damaged file: %s", async (kind, at, reason) => {
    expect((await verify()).whole).toBe(true);
    flip(files[kind], at);
    const { whole, printed } = await verify();
    expect(whole).toBe(false);
    expect(printed).toContain(`\ndamaged ${files[kind]}: `);
    expect(printed).toContain(reason);
    expect(printed.match(/damaged \//g)).toHaveLength(1);
  });
});
