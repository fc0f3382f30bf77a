import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { shown, shownJson } from "../../datasets/shown.ts";
import { type TokenSimilarity, tokenSimilarities } from "../late-interaction.ts";
import { readStanford } from "./colbert.ts";
import { familyTypeOf, parseConfig } from "./config.ts";
import { jsonReader } from "./json-reader.ts";
import { settingsFile } from "./kind.ts";
import type { Module } from "./module.ts";
import { readListed, settingsSchema, type TokenMask, type Transformer } from "./pylate.ts";
import { type ModelSpec, promptsOf } from "./repository.ts";
import type { Expansion } from "./transformer-settings.ts";

/** Longest input in tokens, and the key that says it; undefined where it is that of a text without a role. */
export type RoleLimit = { readonly maxTokens: number; readonly from: string } | undefined;

/** Description of a model of late interaction in its repository. */
export interface LateInteractionSpec extends Pick<ModelSpec, "prompts" | "defaultPromptName" | "keys"> {
  /** They end in a row for each token. */
  readonly modules: readonly Module[];
  readonly similarity: TokenSimilarity;
  readonly queryLimit: RoleLimit;
  readonly documentLimit: RoleLimit;
  /** How queries are filled up; null where they are not. */
  readonly expansion: Expansion | null;
  readonly mask: TokenMask | undefined;
  /** Lines that the user should know of. */
  readonly notes: readonly string[];
}

/** Families of which it is known that hidden tokens are computed as in the reference, with padding on the right. */
const expanding = [
  ...["albert", "bert", "camembert", "distilbert", "electra", "ernie", "modernbert", "mpnet", "roberta"],
  "xlm-roberta",
];

/**
 * Reads the description of a model of late interaction, in the layouts that sentence-transformers 6.2 reads
 * (`MultiVectorEncoder`): its own, PyLate's of all versions, and ColBERT's.
 * @throws InputError when a file is missing or damaged, or is not understood
 */
export async function readLateInteraction(snapshot: Snapshot): Promise<LateInteractionSpec> {
  const keys = new Map<string, readonly string[]>();
  const read = jsonReader(snapshot, keys);
  const stored = (await read(settingsFile)) ?? {};
  const settings = parseConfig(settingsFile, settingsSchema, stored);
  const own = (await readListed(snapshot, read, settings)) ?? (await readStanford(snapshot, read, settings));
  const { transformer, modules, mask, notes, legacy } = own;
  const { prompts, defaultPromptName } = promptsOf({ ...settings, prompts: legacy.prompts });
  const asked = transformer.byRole ?? {};
  const expansion = asked.query_expansion === undefined ? (legacy.query_expansion ?? null) : asked.query_expansion;
  const queryLength = asked.query_length === undefined ? legacy.query_length : asked.query_length;
  const documentLength = asked.document_length === undefined ? legacy.document_length : asked.document_length;
  checkExpansion(snapshot.id, transformer, expansion, queryLength);
  const hidden = expansion !== null && !expansion.attend && mask !== undefined;
  const { byRole: _, ...first } = transformer;
  return {
    modules: [
      {
        ...first,
        ...(legacy.prefixes.length > 0 && { prefixes: legacy.prefixes }),
        ...(hidden && { hiddenRows: true }),
      },
      ...modules,
    ],
    similarity: tokenSimilarities.find((name) => name === settings.similarity_fn_name) ?? "maxsim",
    queryLimit: queryLimitOf(expansion, queryLength ?? undefined),
    documentLimit: documentLength ? { maxTokens: documentLength, from: "document_length" } : undefined,
    expansion,
    mask,
    notes,
    prompts,
    defaultPromptName,
    keys,
  };
}

/** Returns the limit of queries; an expansion that is fixed is one, of another the limit lies no lower than it. */
function queryLimitOf(expansion: Expansion | null, most: number | undefined): RoleLimit {
  if (expansion?.strategy === "fixed") return { maxTokens: expansion.length, from: "query_expansion.length" };
  if (most === undefined) return undefined;
  return { maxTokens: Math.max(most, expansion?.length ?? 0), from: "query_length" };
}

/** @throws InputError for what is not known of a family, or contradicts itself */
function checkExpansion(
  id: string,
  { config, messages, maxTokensFrom }: Transformer,
  expansion: Expansion | null,
  queryLength: number | null | undefined,
): void {
  if (messages !== undefined) {
    throw new InputError(
      `model: ${id} puts texts into its chat template, of which it is not known what it makes of queries and documents in late interaction; expected a model that takes texts`,
    );
  }
  if (maxTokensFrom?.startsWith("processing_kwargs")) {
    throw new InputError(
      `model: ${id} gives a length in ${maxTokensFrom}, which goes before those of queries and documents; expected query_length and document_length alone`,
    );
  }
  if (expansion === null) return;
  const family = familyTypeOf(config);
  if (!expanding.includes(family)) {
    throw new InputError(
      `model: ${id} fills queries up, of which it is not known how a ${shown(family)} treats what is added; it is known of ${expanding.join(", ")}`,
    );
  }
  if (queryLength && queryLength < expansion.length) {
    throw new InputError(
      `model: ${id} cuts queries to ${queryLength} tokens (query_length) and fills them up to ${expansion.length} (query_expansion ${shownJson(expansion, 120)}); expected a query_length that is no less`,
    );
  }
}
