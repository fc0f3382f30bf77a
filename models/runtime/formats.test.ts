import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { sharedFolder } from "../../datasets/testing/shared.ts";
import { type Format, fullPrecision } from "../graph/builder.ts";
import { names, writeEncoderGraph } from "../graph/pipeline.ts";
import { completeConfig } from "../repository/known-configs.ts";
import { readRepository } from "../repository/repository.ts";
import { cosine } from "../testing/vectors.ts";
import { precisions } from "./precision.ts";
import { processor } from "./providers/cpu.ts";
import { formatOf } from "./providers/index.ts";
import { openSession, type Session } from "./session.ts";

const opened: Session[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((session) => session.close()))));

const folders = (root: string): string[] =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(root, entry.name)).includes("expected.json"))
    .map(({ name }) => join(root, name));

async function write(folder: string, format: Format): Promise<Awaited<ReturnType<typeof writeEncoderGraph>>> {
  const snapshot = await openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" }));
  const { modules } = completeConfig(folder, (await readRepository(snapshot)).modules, {});
  return writeEncoderGraph(snapshot, modules, { format });
}

async function open(folder: string, format: Format): Promise<Session> {
  const { model, externalFolder } = await write(folder, format);
  const where = externalFolder === undefined ? {} : { externalFolder };
  const session = await openSession({ model, ...where, threads: 1, executionProvider: processor });
  opened.push(session);
  return session;
}

/** Encodes the first texts by the token ids among a checkpoint's expected values; shorter ones are padded. */
async function vectors(folder: string, format: Format): Promise<Float32Array[]> {
  const session = await open(folder, format);
  const { cases } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
  const rows: number[][] = cases[0].token_ids.slice(0, 4);
  const width = Math.max(...rows.map((row) => row.length));
  const fill = (value: (row: number[], i: number) => number): Int32Array =>
    Int32Array.from(rows.flatMap((row) => Array.from({ length: width }, (_, i) => value(row, i))));
  const dims = [rows.length, width];
  const ids = fill((row, i) => row[i] ?? 0);
  const mask = fill((row, i) => Number(i < row.length));
  const feeds = { [names.ids]: { data: ids, dims }, [names.mask]: { data: mask, dims } };
  const { [names.embedding]: found } = await session.run(feeds, [names.embedding]);
  const data = found.data as Float32Array;
  const size = data.length / rows.length;
  return rows.map((_, i) => data.subarray(i * size, (i + 1) * size));
}

const exactVectors = new Map<string, Promise<Float32Array[]>>();

/** Finds the least cosine to the vectors in single precision, which are computed once for each checkpoint. */
async function agreement(folder: string, format: Format): Promise<number> {
  if (!exactVectors.has(folder)) exactVectors.set(folder, vectors(folder, fullPrecision));
  const exact = (await exactVectors.get(folder)) as Float32Array[];
  const found = await vectors(folder, format);
  return Math.min(...found.map((row, i) => cosine(row, exact[i])));
}

function holds(folder: string): void {
  it("says how many tokens it has rows for, in every format", async () => {
    const { cases } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
    const formats = [fullPrecision, formatOf("fp16", "cuda:0"), formatOf("bf16", "cuda:0"), formatOf("int8", "cpu")];
    const graphs = await Promise.all(formats.map((format) => write(folder, format)));
    const [rows = 0, ...others] = graphs.map(({ tableRows }) => tableRows.get(names.ids));
    expect(rows).toBeGreaterThan(Math.max(...cases[0].token_ids.flat()));
    expect(rows).toBeLessThan(400_000);
    expect(others).toEqual([rows, rows, rows]);
  });

  it("fp16, as written for GPUs", async () => {
    const found = await agreement(folder, formatOf("fp16", "cuda:0"));
    expect(found).toBeGreaterThan(0.999);
    expect(found).toBeLessThan(1);
  });

  it("bf16, as written for GPUs: sound up to the kernels, of which CPUs have none", async () => {
    const format = formatOf("bf16", "cuda:0");
    await expect(open(folder, format)).rejects.toThrow("Could not find an implementation for");
  });

  it.each(precisions.filter((precision) => precision !== "fp32"))("%s, on a CPU", async (precision) => {
    const found = await agreement(folder, formatOf(precision, "cpu"));
    // Made-up weights magnify what 8 bits lose.
    expect(found).toBeGreaterThan(precision === "int8" ? 0.99 : 0.999);
  });
}

const carried = folders(fileURLToPath(new URL("../fixtures", import.meta.url)));
const shared = sharedFolder();
const others = (shared === undefined ? [] : folders(join(shared, "models/tiny"))).filter(
  (folder) => !carried.some((one) => basename(one) === basename(folder)),
);

describe.each(carried)("%s", holds);
describe.skipIf(shared === undefined)("the other small checkpoints (../shared/models/tiny)", () => {
  describe.each(others)("%s", holds);
});
