import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../../datasets/testing/shared.ts";
import { openRepository } from "../index.ts";
import { openFolder } from "../testing/checkpoint.ts";
import { difference } from "../testing/token-embeddings.ts";

interface Expected {
  readonly texts: string[];
  readonly cases: {
    readonly prompt: string | null;
    readonly embeddings: readonly (readonly number[])[];
  }[];
}

/** Checkpoints of made-up weights in the reference material, a decoder each. */
const decoders = [
  "14-mistral-bidirectional",
  "14b-llama-bidirectional",
  "arch-gemma",
  "arch-gemma2",
  "arch-gpt_neo",
  "arch-gpt_neox",
  "arch-granite",
  "arch-ministral3",
  "arch-olmo3",
  "arch-phi3",
  "arch-qwen3_5_text",
];

const shared = sharedFolder();

describe.skipIf(shared === undefined)("decoders of ../shared/cases/models, against sentence-transformers", () => {
  it.each(decoders)("%s", async (name) => {
    const folder = join(shared!, "cases/models", name);
    const { texts, cases } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8")) as Expected;
    const encoder = await openRepository(await openFolder(folder), { device: "cpu", threads: 1 });
    try {
      for (const { prompt, embeddings } of cases) {
        const { data, dims } = await encoder.encode(texts, { prompt: prompt ?? "" });
        const together = texts.map((_, i) => Array.from(data.subarray(i * dims, (i + 1) * dims)));
        expect(difference(together, embeddings)).toBeLessThan(1e-5);
        for (const [i, text] of texts.entries()) {
          const { data } = await encoder.encode([text], { prompt: prompt ?? "" });
          expect(difference([Array.from(data)], [embeddings[i]])).toBeLessThan(1e-5);
        }
      }
    } finally {
      await encoder.close();
    }
  });
});
