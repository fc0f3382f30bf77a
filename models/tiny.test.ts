import { readdirSync, readFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { hubSettings, openSnapshot, type Snapshot } from "../datasets/hub.ts";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { toBatch } from "./batching.ts";
import type { Encoder } from "./encoder.ts";
import { names, writeEncoderGraph } from "./graph/pipeline.ts";
import { openRepository } from "./index.ts";
import type { Matrix } from "./matrix.ts";
import { completeConfig } from "./repository/known-configs.ts";
import { readRepository } from "./repository/repository.ts";
import { processor } from "./runtime/providers/cpu.ts";
import { openSession } from "./runtime/session.ts";
import { openTokenizer, type Tokens } from "./tokenizer/tokenizer.ts";

/** Largest difference from sentence-transformers' vectors. Both sum in single precision, in another order. */
const tolerance = 1e-5;
interface Case {
  readonly prompt_name: string | null;
  readonly prompt: string | null;
  readonly token_ids: number[][];
  readonly embeddings: number[][];
}

const json = (path: string) => JSON.parse(readFileSync(path, "utf8"));
const modelFolders = (root: string): string[] =>
  readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(root, entry.name)).includes("expected.json"))
    .map(({ name }) => join(root, name));
const carried = modelFolders(fileURLToPath(new URL("fixtures", import.meta.url)));
/** Those whose vectors are of a repository's published code (fixtures/README.md). */
const ofPublishedCode = ["jina-bert-v2-mean"];
const shared = sharedFolder();

const opened: Encoder[] = [];
afterEach(async () => void (await Promise.all(opened.splice(0).map((encoder) => encoder.close()))));

const snapshotOf = (folder: string): Promise<Snapshot> =>
  openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" }));

/** Reads the texts of each case, its prompt, and the expected vectors. */
async function casesOf(folder: string): Promise<{ texts: string[]; prompt: string; expected: Case }[]> {
  const { texts, cases } = json(join(folder, "expected.json")) as { texts: string[]; cases: Case[] };
  const { prompts } = await readRepository(await snapshotOf(folder));
  return cases.map((expected) => {
    const prompt = expected.prompt_name === null ? (expected.prompt ?? "") : prompts[expected.prompt_name];
    return { texts, prompt, expected };
  });
}

async function tokensOf(folder: string, texts: readonly string[]): Promise<{ tokens: Tokens[]; padId: number }> {
  const { max_position_embeddings: maxPositions } = json(join(folder, "config.json"));
  const settings = { folder: "", specialTokens: true, maxPositions };
  const tokenizer = await openTokenizer(await snapshotOf(folder), settings);
  return { tokens: await tokenizer.encode(texts), padId: tokenizer.padId };
}

type OneBatch = (texts: readonly string[]) => Promise<Matrix>;

/** Calls `use` with a function that makes vectors of texts in one batch. */
async function withOneBatch(folder: string, use: (inOneBatch: OneBatch) => Promise<void>): Promise<void> {
  const snapshot = await snapshotOf(folder);
  const { modules } = completeConfig(folder, (await readRepository(snapshot)).modules, {});
  const { dims, ...graph } = await writeEncoderGraph(snapshot, modules);
  const session = await openSession({ ...graph, threads: 1, executionProvider: processor });
  try {
    await use(async (texts) => {
      const { tokens, padId } = await tokensOf(folder, texts);
      const rows = texts.length;
      const batch = toBatch([...texts.keys()], tokens, padId);
      const feeds = {
        [names.ids]: { data: batch.ids, dims: [rows, batch.width] },
        [names.mask]: { data: batch.mask, dims: [rows, batch.width] },
      };
      const { [names.embedding]: found } = await session.run(feeds, [names.embedding]);
      return { data: found.data as Float32Array, rows, dims };
    });
  } finally {
    await session.close();
  }
}

/** Returns the largest difference. */
function difference({ data, rows, dims }: Matrix, expected: readonly (readonly number[])[]): number {
  expect([rows, dims]).toEqual([expected.length, expected[0]?.length]);
  let largest = 0;
  for (let row = 0; row < rows; row++)
    for (const [j, value] of expected[row].entries()) {
      const apart = Math.abs(value - data[row * dims + j]);
      // Neither a comparison nor Math.max after it would report a NaN.
      largest = Number.isNaN(apart) ? Number.NaN : Math.max(largest, apart);
    }
  return largest;
}

function holds(folder: string): void {
  it("token ids", async () => {
    for (const { texts, prompt, expected } of await casesOf(folder)) {
      const { tokens } = await tokensOf(
        folder,
        texts.map((text) => prompt + text),
      );
      expect(tokens.map(({ ids }) => [...ids])).toEqual(expected.token_ids);
    }
  });

  it("vectors, one text at a time and all at once", async () => {
    const encoder = await openRepository(await snapshotOf(folder), { device: "cpu", threads: 1 });
    opened.push(encoder);
    await withOneBatch(folder, async (inOneBatch) => {
      for (const { texts, prompt, expected } of await casesOf(folder)) {
        for (const [i, text] of texts.entries()) {
          const vector = await encoder.encode([text], { prompt });
          expect(difference(vector, [expected.embeddings[i]])).toBeLessThan(tolerance);
        }
        expect(difference(await encoder.encode(texts, { prompt }), expected.embeddings)).toBeLessThan(tolerance);
        const prompted = texts.map((text) => prompt + text);
        expect(difference(await inOneBatch(prompted), expected.embeddings)).toBeLessThan(tolerance);
      }
    });
  });
}

describe("carried checkpoints, against sentence-transformers", () => {
  describe.each(carried)("%s", (folder) => holds(folder));
});

describe.skipIf(shared === undefined)(
  "all small checkpoints (../shared/models/tiny), against sentence-transformers",
  () => {
    const folders = shared === undefined ? [] : modelFolders(join(shared, "models/tiny"));
    it("there are 15", () => expect(folders).toHaveLength(15));
    const isCarried = (folder: string): boolean => carried.some((one) => basename(one) === basename(folder));
    it("those that are carried, and tested above, are copies", () => {
      const copies = carried.filter((folder) => !ofPublishedCode.includes(basename(folder)));
      expect(folders.filter(isCarried)).toHaveLength(copies.length);
      for (const folder of copies) {
        const original = join(shared as string, "models/tiny", basename(folder));
        for (const file of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) =>
          one.isFile(),
        )) {
          const path = relative(folder, join(file.parentPath, file.name));
          expect(readFileSync(join(folder, path)).equals(readFileSync(join(original, path))), path).toBe(true);
        }
      }
    });
    describe.each(folders.filter((folder) => !isCarried(folder)))("%s", (folder) => holds(folder));
  },
);

/** Repositories of ../shared/cases/models that hold one family each. */
const families = [
  "13-t5-encoder",
  "54-relative-key-bert",
  "arch-gte",
  "arch-jina_embeddings_v3",
  "arch-luke",
  "arch-mt5",
  "arch-nomic_bert",
  "arch-albert",
  "arch-deberta-v2",
  "arch-electra",
  "arch-ernie",
  "arch-eurobert",
  "arch-roformer",
  "arch-xlm-roberta-xl",
];

describe.skipIf(shared === undefined)("one repository of a family, against sentence-transformers", () => {
  describe.each(families)("%s", (name) => holds(join(shared ?? "", "cases/models", name)));
});
