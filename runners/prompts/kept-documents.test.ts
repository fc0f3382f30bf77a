import { expect, it } from "vitest";
import type { EncodeProgress, Encoder } from "../../models/encoder.ts";
import { externalFacts } from "../../models/encoder.ts";
import { keepDocuments } from "./kept-documents.ts";

/** A model that counts its calls: a text's vector is its length. */
function counting(): { readonly model: Encoder; readonly calls: string[][] } {
  const calls: string[][] = [];
  const model: Encoder = {
    kind: "vectors",
    info: { ...externalFacts, id: "own/lengths", revision: "1", device: "cpu", dims: 1, similarity: "dot" },
    encode: async (texts, { onProgress } = {}) => {
      calls.push([...texts]);
      onProgress?.({ done: texts.length, total: texts.length, encoded: texts.length, tokens: 7 });
      return { data: Float32Array.from(texts, (text) => text.length), rows: texts.length, dims: 1 };
    },
    close: async () => {},
  };
  return { model, calls };
}

it("encodes documents once for each prompt, and queries each time", async () => {
  const { model, calls } = counting();
  const kept = keepDocuments(model);
  const first = await kept.model.encode(["a", "bc"], { role: "document", prompt: "d: " });
  const seen: EncodeProgress[] = [];
  const onProgress = (progress: EncodeProgress): void => void seen.push(progress);
  expect(await kept.model.encode(["a", "bc"], { role: "document", prompt: "d: ", onProgress })).toBe(first);
  expect(seen).toMatchObject([{ done: 2, encoded: 2, tokens: 7 }]);
  await kept.model.encode(["a", "bc"], { role: "query", prompt: "d: " });
  await kept.model.encode(["a", "bc"], { role: "query", prompt: "d: " });
  await kept.model.encode(["a", "bc"], { role: "document", prompt: "e: " });
  await kept.model.encode(["ab", "c"], { role: "document", prompt: "d: " });
  expect(calls).toHaveLength(5);
  kept.forget();
  await kept.model.encode(["a", "bc"], { role: "document", prompt: "d: " });
  expect(calls).toHaveLength(6);
});

it("does not hold what is beyond its limit, and says so", async () => {
  const { model, calls } = counting();
  const kept = keepDocuments(model, 8);
  await kept.model.encode(["a", "b"], { role: "document" });
  expect(kept.overflowed()).toBe(false);
  await kept.model.encode(["c"], { role: "document" });
  await kept.model.encode(["c"], { role: "document" });
  await kept.model.encode(["a", "b"], { role: "document" });
  expect(kept.overflowed()).toBe(true);
  expect(calls).toEqual([["a", "b"], ["c"], ["c"]]);
});
