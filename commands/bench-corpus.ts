import { createHash } from "node:crypto";
import { UsageError } from "../datasets/errors.ts";
import { whyUnread } from "../datasets/folder.ts";
import { limits } from "../datasets/limits.ts";
import { readSmallFile } from "../datasets/small-file.ts";
import { corpusDistribution, makeCorpus } from "../runners/bench/made-up-texts.ts";
import { parseOwnTexts } from "../runners/bench/own-texts.ts";
import type { CorpusTexts } from "../runners/bench/record.ts";

/** Number of texts of the made-up corpus, which take a small model a second or two. */
const corpusCount = 256;
const corpusSeed = 42;

/** Reads the user's own texts, or makes some up. */
export async function corpusOf(file: string | undefined): Promise<{ corpus: string[]; corpusTexts: CorpusTexts }> {
  if (file === undefined) {
    const corpus = makeCorpus(corpusDistribution, corpusCount, corpusSeed);
    return { corpus, corpusTexts: { kind: "made-up", seed: corpusSeed, count: corpusCount, ...corpusDistribution } };
  }
  const content = await readSmallFile(file, "it", limits.texts).catch(async (error: unknown) => {
    throw new UsageError(`bench: ${await whyUnread(file, error)}; expected a file of texts`);
  });
  const corpus = parseOwnTexts(content, file);
  const sha256 = createHash("sha256").update(JSON.stringify(corpus)).digest("hex");
  return { corpus, corpusTexts: { kind: "file", count: corpus.length, sha256 } };
}
