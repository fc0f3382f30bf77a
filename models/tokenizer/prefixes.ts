import { openLibrary } from "./open-library.ts";
import { addedTokensOf, idOf } from "./vocabulary.ts";

type Json = Readonly<Record<string, unknown>>;

/**
 * Has texts that are put before others found as one token each, where the vocabulary knows them, with their blank at the
 * end or without what follows their first word. Others stay texts. Source: sentence-transformers 6.2,
 * `MultiVectorEncoder._register_prefix_tokens`.
 */
export async function withPrefixes(definition: Json, prefixes: readonly string[]): Promise<Json> {
  const known = prefixes.flatMap((prefix) => {
    const [word = ""] = prefix.trim().split(/\s/);
    return [prefix, word].find((one) => one !== "" && idOf(definition, one) !== undefined) ?? [];
  });
  if (known.length === 0) return definition;
  const library = await openLibrary(definition);
  const encoded = await library.encode(known, { specialTokens: false });
  const isWhole = known.map((token, i) => String([...encoded[i].ids]) === String([idOf(definition, token)]));
  const parted = new Set(known.filter((_, i) => !isWhole[i]));
  const own = { special: true, normalized: false, single_word: false, lstrip: false, rstrip: false };
  const stored = addedTokensOf(definition);
  // The library numbers added tokens by their places.
  const kept = stored.map((token) => (parted.has(token.content) ? { ...token, ...own } : token));
  const more = [...parted].filter((content) => stored.every((token) => token.content !== content));
  const added = more.map((content) => ({ id: idOf(definition, content), content, ...own }));
  return { ...definition, added_tokens: [...kept, ...added] };
}
