import { InputError } from "../datasets/errors.ts";
import type { Snapshot } from "../datasets/hub.ts";
import { shown } from "../datasets/shown.ts";
import type { LateInteractionSpec, RoleLimit } from "./repository/late-interaction.ts";
import type { Module } from "./repository/module.ts";
import { tokenizerSettings } from "./settings.ts";
import type { TokenRole, TokenRoles } from "./token-encoder.ts";
import { type OpenTokenizer, openTokenizer } from "./tokenizer/tokenizer.ts";

/**
 * Opens what queries, documents and texts without a role go through: a tokenizer for each longest input, and what is made
 * of its tokens.
 * @param maxTokens Longest input that the user asks for, in place of those of the repository; queries that are filled up
 *   keep theirs.
 * @throws InputError where a token that is needed is not in the vocabulary
 */
export async function openRoles(
  snapshot: Snapshot,
  modules: readonly Module[],
  spec: LateInteractionSpec,
  maxTokens: number | undefined,
): Promise<TokenRoles> {
  const { expansion, mask } = spec;
  const open = (limit: RoleLimit): Promise<OpenTokenizer> => {
    const settings = tokenizerSettings(snapshot.id, modules, maxTokens);
    if (limit === undefined) return openTokenizer(snapshot, settings);
    return openTokenizer(snapshot, { ...settings, maxTokens: limit.maxTokens, maxTokensFrom: limit.from });
  };
  const chosen = maxTokens === undefined ? undefined : { maxTokens, from: "--max-tokens" };
  const plain = await open(chosen);
  const documents = await open(chosen ?? spec.documentLimit);
  const queries = await open(queryLimit(spec, maxTokens));
  const skipped = new Set((mask?.skipped ?? []).flatMap((word) => plain.idOf(word) ?? []));
  const skips = (role: "query" | "document"): Pick<TokenRole, "skipped"> =>
    mask?.roles.includes(role) ? { skipped } : {};
  const fills =
    expansion === null
      ? {}
      : {
          fill: {
            length: expansion.length,
            id: fillerOf(snapshot.id, queries, expansion),
            attends: expansion.attend,
            counts: expansion.attend || mask !== undefined,
          },
        };
  return {
    query: { tokenizer: queries, ...skips("query"), ...fills },
    document: { tokenizer: documents, ...skips("document") },
    none: { tokenizer: plain, ...skips("document") },
  };
}

function queryLimit({ queryLimit: own, expansion }: LateInteractionSpec, maxTokens: number | undefined): RoleLimit {
  if (maxTokens === undefined || expansion?.strategy === "fixed") return own;
  return { maxTokens: Math.max(maxTokens, expansion?.length ?? 0), from: "--max-tokens" };
}

/** Returns the id of the token that queries are filled up with. */
function fillerOf(
  id: string,
  tokenizer: OpenTokenizer,
  { token, length }: NonNullable<LateInteractionSpec["expansion"]>,
): number {
  if (tokenizer.maxTokens < length) {
    throw new InputError(
      `model: ${id} fills queries up to ${length} tokens, but takes ${tokenizer.maxTokens} (${tokenizer.maxTokensFrom}); expected a lower query_expansion.length, or query_length of older layouts`,
    );
  }
  if (tokenizer.paddingSide === "left") {
    throw new InputError(
      `model: ${id} pads on the left (tokenizer_config.json), where queries are then filled up; only the right is known`,
    );
  }
  const named = token ?? tokenizer.special("mask_token") ?? tokenizer.special("eos_token");
  const found = named === null ? undefined : tokenizer.idOf(named);
  if (found !== undefined) return found;
  const what = named === null ? "it has neither a mask token nor an end token" : `${shown(named)} is no token of it`;
  throw new InputError(
    `model: ${id} fills queries up with a token, but of its tokenizer: ${what}; name one in query_expansion.token of a copy's sentence_bert_config.json`,
  );
}
