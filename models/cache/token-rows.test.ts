import { cpSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Role } from "../encoder.ts";
import type { LateInteractionInfo } from "../late-interaction.ts";
import { createSparseEncoder } from "../onnx-encoder.ts";
import type { RunBatch } from "../run-inputs.ts";
import { letters, lettersInfo } from "../testing/letters.ts";
import { createLateInteraction, type TokenRoles } from "../token-encoder.ts";
import { identityOf } from "./folder.ts";
import { keysOf, type VectorCache } from "./lookup.ts";
import { openStore } from "./store.ts";

const dims = 3;
const newFolder = (): string => mkdtempSync(join(tmpdir(), "pramana-tokens-"));
const texts = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => "x".repeat(1 + (((from + i) * 7) % 13)) + String(from + i));

async function openCache(folder: string | undefined, id = "one"): Promise<VectorCache | undefined> {
  if (folder === undefined) return undefined;
  const model = { model: id, revision: "main", device: "cpu", dims: 0 };
  const identity = identityOf({ id });
  const store = await openStore({ limit: 1e9, now: () => 0, identity, model, warn: () => {}, folder });
  return { store, identity, byBatch: false };
}

/**
 * Makes up a model whose vectors depend on the shape of the batch, or on the text's tokens alone: three values of each
 * token, or `wide` of a text.
 */
function shapedModel(
  killedAfter = Number.POSITIVE_INFINITY,
  wide?: number,
  shaped = true,
): { run: RunBatch; runs: () => number } {
  let runs = 0;
  const run: RunBatch = async ({ ids, mask, members, width }) => {
    if (runs === killedAfter) throw new Error("killed");
    runs++;
    const shape = members.length + width / 1000;
    const textOf = (i: number): Int32Array => ids.subarray(i - (i % width), i - (i % width) + width);
    const third = (i: number): number => (shaped ? shape : textOf(i).reduce((sum, id) => sum + id));
    if (wide === undefined) return Float32Array.from([...ids].flatMap((id, i) => [id, mask[i], third(i)]));
    return Float32Array.from(
      members.flatMap((_, row) => {
        const own = [...ids.subarray(row * width, (row + 1) * width)];
        return Array.from({ length: wide }, (_, i) => own.filter((id) => id > 0 && id % wide === i).length * shape);
      }),
    );
  };
  return { run, runs: () => runs };
}

const roles: TokenRoles = {
  query: { tokenizer: letters, fill: { length: 8, id: 33, attends: false, counts: true } },
  document: { tokenizer: letters, skipped: new Set(["1".charCodeAt(0)]) },
  none: { tokenizer: letters },
};
const { similarity: _, ...facts } = { ...lettersInfo, dims };
const info: LateInteractionInfo = { ...facts, similarity: "maxsim" };

interface Call {
  readonly killedAfter?: number;
  readonly budget?: number;
  readonly sessions?: number;
  readonly role?: Role;
  readonly prompt?: string;
  /** Whether vectors depend on the shape of the batch. */
  readonly shaped?: boolean;
}

/** Makes the vectors of texts' tokens in a process of its own, over a folder. */
async function embed(folder: string | undefined, wanted: readonly string[], call: Call = {}) {
  const { killedAfter, budget = 64, sessions = 1, role = "document", prompt = "", shaped = true } = call;
  const cache = await openCache(folder);
  const { run, runs } = shapedModel(killedAfter, undefined, shaped);
  const models = Array.from({ length: sessions }, () => run);
  const model = createLateInteraction(info, roles, budget, models, async () => cache?.store.close(), cache);
  let told = {};
  try {
    const { vectors, starts } = await model.encode(wanted, {
      ...{ role, prompt },
      onProgress: ({ tokenizingSeconds: _, ...progress }) => {
        told = progress;
      },
    });
    return { data: [...vectors.data], starts: [...starts], runs: runs(), told };
  } catch (error) {
    if (killedAfter === undefined) throw error;
    return { data: [], starts: [], runs: runs(), told };
  } finally {
    await model.close();
  }
}

describe("vectors of tokens that are kept", () => {
  it.each([1, 3])(
    "give a killed and continued run the bits of an undisturbed one, in %i sessions",
    async (sessions) => {
      // Some texts come twice, in batches of their own.
      const wanted = [...texts(0, 60), ...texts(10, 30)];
      const before = newFolder();
      await embed(before, [...texts(40, 50), ...texts(55, 90)], { budget: 200 });
      const copyOf = (folder: string): string => {
        const copy = newFolder();
        cpSync(folder, copy, { recursive: true });
        return copy;
      };
      const undisturbed = await embed(copyOf(before), wanted, { sessions });
      expect(undisturbed.runs).toBeGreaterThan(6);
      for (let killedAfter = 0; killedAfter <= undisturbed.runs; killedAfter += 2) {
        const folder = copyOf(before);
        await embed(folder, wanted, { sessions, killedAfter });
        const continued = await embed(folder, wanted, { sessions });
        expect([continued.data, continued.starts]).toEqual([undisturbed.data, undisturbed.starts]);
      }
      const [without, cold] = [await embed(undefined, wanted, { sessions }), newFolder()];
      expect(await embed(cold, wanted, { sessions })).toEqual(without);
      const { told, ...warm } = await embed(cold, wanted, { sessions });
      expect(warm).toEqual({ data: without.data, starts: without.starts, runs: 0 });
      expect(told).toEqual({ ...without.told, cachedSeconds: expect.any(Number) });
      // What the earlier task kept was made in batches of other shapes.
      expect(undisturbed.data).not.toEqual(without.data);
    },
  );

  it("are those of the role, and of the prompt", async () => {
    const folder = newFolder();
    const wanted = texts(0, 20);
    // A long query is read as a document is: it is found, made in a batch of another shape.
    const calls: Call[] = [
      {},
      { role: "query" as const },
      { prompt: "1" },
      { role: "query" as const, prompt: "1" },
    ].map((call) => ({ ...call, shaped: false }));
    for (const call of calls) {
      const { data, starts } = await embed(undefined, wanted, call);
      expect(await embed(folder, wanted, call)).toMatchObject({ data, starts });
      expect(await embed(folder, wanted, call)).toMatchObject({ data, starts, runs: 0 });
    }
    const encoded = await Promise.all(calls.map((call) => embed(folder, wanted, call)));
    expect(new Set(encoded.map(({ data }) => String(data))).size).toBe(4);
  });

  it("have a key that differs by what others attend to, and by what counts", () => {
    const ids = Int32Array.of(1, 2, 3);
    const keyOf = (counted?: readonly number[], visible?: number): string =>
      keysOf(
        { identity: "m", byBatch: false } as VectorCache,
        [{ text: "a", ids, ...(visible && { visible }), ...(counted && { counted: Int32Array.from(counted) }) }],
        0,
      ).toString("hex");
    expect(new Set([keyOf(), keyOf([0, 1, 2]), keyOf([0, 1]), keyOf([0, 2]), keyOf([0, 1], 2), keyOf([])]).size).toBe(
      6,
    );
    expect(keyOf([0, 1, 2], 3)).toBe(keyOf([0, 1, 2]));
  });
});

/** Makes sparse vectors in a process of its own, over a folder. */
async function encodeSparse(folder: string | undefined, wanted: readonly string[], maxActive: number) {
  const cache = await openCache(folder);
  const { run, runs } = shapedModel(undefined, 40);
  const close = async () => cache?.store.close();
  const model = createSparseEncoder({ ...lettersInfo, dims: 40, maxActive }, letters, 64, [run], close, cache);
  const { starts, indices, values } = await model.encode(wanted);
  await model.close();
  return { matrix: [[...starts], [...indices], [...values]], runs: runs() };
}

it("sparse vectors that are kept are those that were made, an empty one among them", async () => {
  const folder = newFolder();
  const wanted = [...texts(0, 60), "", ...texts(3, 6)];
  const without = await encodeSparse(undefined, wanted, 3);
  expect(await encodeSparse(folder, wanted, 3)).toEqual(without);
  expect(await encodeSparse(folder, wanted, 3)).toEqual({ ...without, runs: 0 });
  const [starts, indices] = without.matrix;
  expect([starts[60], starts[61]]).toEqual([starts[61], starts[60]]);
  expect(Math.max(...indices)).toBeLessThan(40);
});
