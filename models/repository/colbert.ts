import { z } from "zod";
import { isRecord, parseDocument } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { parseConfig } from "./config.ts";
import type { JsonReader } from "./json-reader.ts";
import { length, noProjection, type Parts, punctuation, pylateLegacy, type Settings, usualLength } from "./pylate.ts";
import { readBare } from "./repository.ts";

const metadataFile = "artifact.metadata";
/** The keys of training and of the index change no vector. */
const metadataSchema = z.object({
  query_token_id: z.string().nullish(),
  doc_token_id: z.string().nullish(),
  query_maxlen: length,
  doc_maxlen: length,
  attend_to_mask_tokens: z.boolean().nullish(),
  mask_punctuation: z.boolean().default(true),
  interaction: z.literal("colbert").optional(),
  similarity: z.literal("cosine").optional(),
});

/** Reads a repository of ColBERT's own: the projection lies beside the Transformer's weights. */
export async function readStanford(snapshot: Snapshot, read: JsonReader, settings: Settings): Promise<Parts> {
  const { architectures } = (await read("config.json")) ?? {};
  if (!Array.isArray(architectures) || !architectures.includes("HF_ColBERT")) throw noProjection(snapshot.id);
  const transformer = await readBare(snapshot, read, { tasks: ["feature-extraction"], roles: true });
  const metadata = parseConfig(metadataFile, metadataSchema, await readMetadata(snapshot));
  const prefixes = [`${metadata.query_token_id || "[unused0]"} `, `${metadata.doc_token_id || "[unused1]"} `];
  const own = pylateLegacy(settings);
  const attend = metadata.attend_to_mask_tokens === true;
  const expansion = { strategy: "fixed", attend, token: null, length: metadata.query_maxlen ?? usualLength } as const;
  return {
    transformer: { ...transformer, head: { kind: "projection" } },
    modules: [{ type: "MultiVector" }, { type: "Normalize" }],
    mask: { skipped: metadata.mask_punctuation ? punctuation : [], roles: ["document"] },
    legacy: {
      ...own,
      prompts: { query: prefixes[0], document: prefixes[1], ...own.prompts },
      prefixes,
      document_length: own.document_length ?? metadata.doc_maxlen,
      query_expansion: own.query_expansion === undefined ? expansion : own.query_expansion,
    },
    notes: [],
  };
}

async function readMetadata(snapshot: Snapshot): Promise<Readonly<Record<string, unknown>>> {
  if (!(await snapshot.has(metadataFile))) return {};
  const subject = `model: ${snapshot.id}/${metadataFile}`;
  const text = await readSmallFile(await snapshot.resolve(metadataFile), subject, limits.config);
  const value = parseDocument(text, subject, (reason) => new InputError(`${subject} is not valid JSON: ${reason}`));
  if (isRecord(value)) return value;
  throw new InputError(`${subject} is ${shown(value)}; expected an object with ColBERT's settings`);
}
