import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import type { Role } from "./encoder.ts";
import { openLateInteraction } from "./kinds.ts";
import type { LateInteraction, TokenVectors } from "./late-interaction.ts";
import { openFolder } from "./testing/checkpoint.ts";

interface Expected {
  readonly queries: string[];
  readonly documents: string[];
  readonly similarity_fn_name: string;
  readonly roles: Record<Role, { readonly prompt: string; readonly vectors: number[][][] }>;
}

const shared = sharedFolder();
const models = join(shared ?? "", "model-kinds/models");
const folders = shared === undefined ? [] : readdirSync(models).filter((name) => name.startsWith("mv-"));
const expectedOf = (name: string): Expected => JSON.parse(readFileSync(join(models, name, "expected.json"), "utf8"));

const opened: LateInteraction[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((model) => model.close()))));

async function open(folder: string): Promise<LateInteraction> {
  const model = await openLateInteraction(await openFolder(folder), { device: "cpu", threads: 1 });
  opened.push(model);
  return model;
}

/** Greatest difference of vectors from those expected; NaN where a text has another number of them. */
function off({ vectors, starts }: TokenVectors, expected: readonly number[][][]): number {
  const lengths = expected.map((rows, i) => rows.length - (starts[i + 1] - starts[i]));
  if (lengths.some((difference) => difference !== 0)) return Number.NaN;
  return Math.max(...expected.flat(2).map((value, i) => Math.abs(value - vectors.data[i])));
}

async function checkVectors(model: LateInteraction, expected: Expected): Promise<void> {
  for (const role of ["query", "document"] as const) {
    const texts = role === "query" ? expected.queries : expected.documents;
    const { prompt, vectors } = expected.roles[role];
    expect(model.info.prompts[role] ?? "").toBe(prompt);
    const together = await model.encode(texts, { role, prompt });
    expect(off(together, vectors)).toBeLessThan(1e-5);
    for (const [i, text] of texts.entries()) {
      expect(off(await model.encode([text], { role, prompt }), [vectors[i]])).toBeLessThan(1e-5);
    }
  }
}

describe.runIf(folders.length > 0)("vectors of tokens are sentence-transformers'", () => {
  it.each(folders)("%s", async (name) => {
    const expected = expectedOf(name);
    const model = await open(join(models, name));
    expect(model.info.similarity).toBe(expected.similarity_fn_name);
    await checkVectors(model, expected);
  });
});
