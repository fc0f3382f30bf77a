import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import type { CacheSettings } from "./cache/settings.ts";
import type { CrossEncoder } from "./cross-encoder.ts";
import { openCrossEncoder } from "./kinds.ts";
import { openFolder } from "./testing/checkpoint.ts";

interface Case {
  readonly prompt_applied: string | null;
  readonly token_ids: number[][];
  readonly scores: number[];
  readonly rank: { readonly query: string; readonly documents: string[]; readonly corpus_ids: number[] };
}
interface Expected {
  readonly pairs: [string, string][];
  readonly cases: Case[];
}

const shared = sharedFolder();
const models = join(shared ?? "", "model-kinds/models");
const folders = shared === undefined ? [] : readdirSync(models).filter((name) => name.startsWith("ce-"));

const opened: CrossEncoder[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((model) => model.close()))));

async function open(name: string, cache?: CacheSettings): Promise<CrossEncoder> {
  const model = await openCrossEncoder(await openFolder(join(models, name)), { device: "cpu", threads: 1, cache });
  opened.push(model);
  return model;
}

describe.runIf(folders.length > 0)("scores of pairs are sentence-transformers'", () => {
  it.each(folders)("%s", async (name) => {
    const { pairs, cases }: Expected = JSON.parse(readFileSync(join(models, name, "expected.json"), "utf8"));
    const model = await open(name);
    for (const { prompt_applied: prompt, scores, rank } of cases) {
      const options = { prompt: prompt ?? "" };
      const together = await model.score(pairs, options);
      const apart = await Promise.all(pairs.map(async (pair) => (await model.score([pair], options)).data[0]));
      const off = (made: ArrayLike<number>) => Math.max(...scores.map((score, i) => Math.abs(score - made[i])));
      expect(off(together.data)).toBeLessThan(1e-5);
      expect(off(apart)).toBeLessThan(1e-5);
      const { data } = await model.score(
        rank.documents.map((document) => [rank.query, document] as const),
        options,
      );
      const order = [...data.keys()].sort((a, b) => data[b] - data[a]);
      expect(order).toEqual(rank.corpus_ids);
    }
  });
});

describe.runIf(folders.length > 0)("scores of pairs that are kept", () => {
  it("are had again to the bit without the model, of each pair, prompt and head by themselves", async () => {
    const folder = mkdtempSync(join(tmpdir(), "pramana-pairs-"));
    const cache: CacheSettings = { folder, limit: 1e9, environment: [], now: () => 0 };
    const pairs: [string, string][] = [
      ["a query", "a document"],
      ["a", " querya document"],
      ["a query", "a document"],
      ["another", "a document"],
    ];
    const scored = async (name: string, asked: typeof pairs, prompt = "") => {
      let cached = false;
      const model = await open(name, cache);
      const onProgress = ({ cachedSeconds }: { readonly cachedSeconds?: number }): void => {
        cached ||= cachedSeconds !== undefined;
      };
      const { data } = await model.score(asked, { prompt, onProgress });
      await opened.pop()?.close();
      return { scores: [...data], cached };
    };
    const first = await scored("ce-bert-sigmoid", pairs);
    expect(first.cached).toBe(false);
    expect(first.scores[2]).toBe(first.scores[0]);
    expect(first.scores[1]).not.toBe(first.scores[0]);
    expect(await scored("ce-bert-sigmoid", pairs)).toEqual({ scores: first.scores, cached: true });
    expect((await scored("ce-bert-sigmoid", pairs, "ask: ")).cached).toBe(false);
    expect((await scored("ce-bert-identity", pairs)).cached).toBe(false);
  });
});
