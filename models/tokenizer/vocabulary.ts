import { isRecord } from "../../datasets/document.ts";

type Json = Readonly<Record<string, unknown>>;

/** Lists a normalizer or a pre-tokenizer with all steps within it, sequences too. */
export function stepsIn(step: unknown): readonly Json[] {
  if (!isRecord(step)) return [];
  const { normalizers, pretokenizers } = step;
  const inner = [normalizers, pretokenizers].flatMap((steps) => (Array.isArray(steps) ? steps : []));
  return [step, ...inner.flatMap(stepsIn)];
}

/** A token that is found in a text before the text is split. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly single_word?: boolean;
  readonly lstrip?: boolean;
  readonly rstrip?: boolean;
  readonly normalized?: boolean;
  readonly special?: boolean;
}

const modelOf = ({ model }: Json): Json => (isRecord(model) ? model : {});

/** Returns the added tokens of a `tokenizer.json`. */
export function addedTokensOf({ added_tokens: added }: Json): readonly AddedToken[] {
  return Array.isArray(added) ? (added as readonly AddedToken[]) : [];
}

/** Returns the texts of a vocabulary's own tokens, in whichever form its model keeps them. */
export function* piecesOf(definition: Json): Generator<string> {
  const { vocab } = modelOf(definition);
  // Unigram keeps pairs of a piece and its score.
  if (Array.isArray(vocab)) for (const [piece] of vocab as [string, number][]) yield piece;
  else if (isRecord(vocab)) for (const piece in vocab) yield piece;
}

/** Returns the id of a token, undefined where there is none. */
export function idOf(definition: Json, token: string): number | undefined {
  const added = addedTokensOf(definition).find(({ content }) => content === token);
  if (added !== undefined) return added.id;
  const { vocab } = modelOf(definition);
  if (Array.isArray(vocab)) {
    const index = (vocab as [string, number][]).findIndex(([piece]) => piece === token);
    return index < 0 ? undefined : index;
  }
  return isRecord(vocab) && Object.hasOwn(vocab, token) ? (vocab[token] as number) : undefined;
}

/** Returns the token of an id, undefined where there is none. */
export function tokenOf(definition: Json, id: number): string | undefined {
  const added = addedTokensOf(definition).find((token) => token.id === id);
  if (added !== undefined) return added.content;
  const { vocab } = modelOf(definition);
  if (Array.isArray(vocab)) return (vocab as [string, number][])[id]?.[0];
  return isRecord(vocab) ? Object.keys(vocab).find((token) => vocab[token] === id) : undefined;
}

const noFlags = { single_word: false, lstrip: false, rstrip: false } as const;

/**
 * Has tokens found in a text as they are, also those that are plain entries of the vocabulary; tokens that it does not
 * know are left out. They are written into the definition, as the library builds its search anew for each that is added
 * later.
 */
export function withSpecialTokens(definition: Json, tokens: readonly string[]): Json {
  const added = addedTokensOf(definition);
  const known = new Set(added.map(({ content }) => content));
  const more = [...new Set(tokens)].flatMap((content) => {
    const id = known.has(content) || content === "" ? undefined : idOf(definition, content);
    return id === undefined ? [] : [{ id, content, ...noFlags, normalized: false, special: true }];
  });
  return more.length === 0 ? definition : { ...definition, added_tokens: [...added, ...more] };
}

/**
 * Gives added tokens the flags that `tokenizer_config.json` has for them, which transformers takes where the two files
 * differ, and has the tokens that only the config names found as they are; those that are in no vocabulary are left out.
 * @param decoder `added_tokens_decoder`, tokens by their ids
 */
export function withConfiguredTokens(definition: Json, decoder: unknown): Json {
  const tokens = isRecord(decoder) ? Object.values(decoder).filter(isRecord) : [];
  const configured = new Map(
    tokens.flatMap((token) => {
      const { content } = token;
      const id = typeof content === "string" && content !== "" ? idOf(definition, content) : undefined;
      return id === undefined ? [] : [[content as string, { id, ...flagsOf(token), content: content as string }]];
    }),
  );
  if (configured.size === 0) return definition;
  const stored = addedTokensOf(definition);
  const kept = stored.map((token) => ({ ...token, ...configured.get(token.content), id: token.id }));
  const known = new Set(stored.map(({ content }) => content));
  const more = [...configured.values()].filter(({ content }) => !known.has(content));
  return { ...definition, added_tokens: [...kept, ...more] };
}

/** Returns the flags of a token, with those that transformers takes where one is missing. */
function flagsOf(token: Json): Omit<AddedToken, "id" | "content"> {
  const { special = false, normalized = !special } = token;
  const flags = { ...noFlags, ...token, special, normalized };
  const names = ["single_word", "lstrip", "rstrip", "normalized", "special"] as const;
  return Object.fromEntries(names.map((name) => [name, Boolean(flags[name])]));
}

/** Returns the ids of all tokens. */
export function tokenIds(definition: Json): ReadonlyMap<string, number> {
  const { vocab } = modelOf(definition);
  const own: readonly (readonly [string, number])[] = Array.isArray(vocab)
    ? (vocab as [string, number][]).map(([piece], id) => [piece, id])
    : isRecord(vocab)
      ? Object.entries(vocab as Record<string, number>)
      : [];
  return new Map([...own, ...addedTokensOf(definition).map(({ content, id }) => [content, id] as const)]);
}
