import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { InputError } from "../datasets/errors.ts";
import { hubSettings, openSnapshot } from "../datasets/hub.ts";
import { sharedFolder } from "../datasets/testing/shared.ts";
import type { Encoder } from "./encoder.ts";
import { openRepository } from "./index.ts";
import { readRepository } from "./repository/repository.ts";

/** Largest difference from sentence-transformers' vectors, as in tiny.test.ts. */
const tolerance = 1e-5;
interface Case {
  readonly prompt_name: string | null;
  readonly prompt: string | null;
  readonly embeddings: number[][];
}
interface Expected {
  readonly texts: string[];
  readonly cases: Case[];
}

/** Folders that are refused today; one that runs is to be taken off the list. */
const refused = ["27-custom-module-type"];
/** The same of the small checkpoints saved again. */
const refusedAgain: readonly string[] = [];

const shared = sharedFolder();
const root = shared === undefined ? "" : join(shared, "cases/models");
const resaved = shared === undefined ? "" : join(shared, "cases/resaved-st6");
const foldersIn = (parent: string): string[] =>
  existsSync(parent)
    ? readdirSync(parent, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
    : [];

const opened: Encoder[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((encoder) => encoder.close()))));

/** A text for which other vectors are right than a folder's expected.json says, one for each of its cases. */
interface Correction {
  readonly text: number;
  readonly embeddings: readonly number[][];
}

/** Opens a folder and returns the largest difference of all its cases' vectors, NaN where their number differs. */
async function difference(folder: string, correction?: Correction): Promise<number> {
  const snapshot = await openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" }));
  const encoder = await openRepository(snapshot, { device: "cpu", threads: 1 });
  opened.push(encoder);
  const { prompts } = await readRepository(snapshot);
  const { texts, cases }: Expected = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
  const differences: number[] = [];
  for (const [at, { prompt_name: name, prompt, embeddings }] of cases.entries()) {
    for (const [i, text] of texts.entries()) {
      const { data } = await encoder.encode([text], { prompt: name === null ? (prompt ?? "") : prompts[name] });
      const expected = i === correction?.text ? correction.embeddings[at] : embeddings[i];
      differences.push(data.length - expected.length, ...expected.map((value, j) => value - data[j]));
    }
  }
  // Math.max keeps a NaN.
  return differences.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

/** Expects the vectors of sentence-transformers, or that the folder is refused. */
async function holds(folder: string, isRefused: boolean, correction?: Correction): Promise<void> {
  if (isRefused) await expect(difference(folder)).rejects.toBeInstanceOf(InputError);
  else expect(await difference(folder, correction)).toBeLessThan(tolerance);
}

describe.skipIf(root === "")("repositories as people save them (../shared/cases/models)", () => {
  const folders = foldersIn(root);

  it("those that are refused are there", () => {
    expect(refused.filter((name) => !folders.includes(name))).toEqual([]);
  });

  it.each(folders)("%s", (name) => holds(join(root, name), refused.includes(name)));
});

describe.skipIf(resaved === "")("the small checkpoints saved again by sentence-transformers 6.2", () => {
  // The vectors of expected.json are those of transformers 4, which makes other ids of one text of this checkpoint.
  const ofVersion5: Correction & { readonly checkpoint: string } = JSON.parse(
    readFileSync(new URL("fixtures/resaved-qwen2.json", import.meta.url), "utf8"),
  );

  it.each(foldersIn(resaved))("%s", async (name) => {
    const folder = mkdtempSync(join(tmpdir(), "pramana-resaved-"));
    cpSync(join(shared as string, "models/tiny", name), folder, { recursive: true });
    rmSync(join(folder, "special_tokens_map.json"), { force: true });
    cpSync(join(resaved, name), folder, { recursive: true });
    await holds(folder, refusedAgain.includes(name), name === ofVersion5.checkpoint ? ofVersion5 : undefined);
  });
});
