/**
 * What the Rust library breaks down over, with the whole process that it runs in: tokenizers 0.22 takes such a definition,
 * and panics at some texts, or at all (in Python each is an exception). Found by trying made-up definitions.
 */
import { isRecord } from "../../datasets/document.ts";
import { shown, shownJson } from "../../datasets/shown.ts";
import { isSoundMap } from "./character-map.ts";
import type { Library, LibrarySettings } from "./library.ts";
import { strangePatterns } from "./patterns.ts";
import { type AddedToken, addedTokensOf, stepsIn } from "./vocabulary.ts";

type Json = Readonly<Record<string, unknown>>;

/** A part of a definition that the library may break down over, or take without end for. */
export interface Hazard {
  readonly part: string;
  readonly remedy: string;
}

const patternHazard = (pattern: string): Hazard => ({
  part: `its regular expression ${shown(pattern)}`,
  remedy: "write it so that it cannot go back without end, without a repetition inside a repetition",
});

const takeOut = (part: string): Hazard => ({ part, remedy: "take it out of a copy" });

/** Finds steps that the library cannot apply to every text. */
function stepHazards(step: Json): readonly Hazard[] {
  const { type, pattern } = step;
  const isEmpty =
    (type === "Prepend" && step["prepend"] === "") ||
    (type === "Replace" && isRecord(pattern) && pattern["String"] === "") ||
    (type === "FixedLength" && step["length"] === 0);
  if (isEmpty) return [takeOut(`its step ${shownJson(step, 80)}`)];
  const isBroken = type === "Precompiled" && !isSoundMap(step["precompiled_charsmap"]);
  return isBroken ? [takeOut("its precompiled_charsmap, which leads out of itself")] : [];
}

/** A model of byte pairs takes as many bytes off a part as the prefix has. */
function prefixHazards({ model }: Json): readonly Hazard[] {
  const prefix = isRecord(model) && model["type"] === "BPE" ? (model["continuing_subword_prefix"] ?? "") : "";
  return prefix === "" ? [] : [takeOut(`the continuing_subword_prefix ${shownJson(prefix, 80)} of its model`)];
}

/** Finds what can be told from the definition alone. */
function writtenHazards(definition: Json): readonly Hazard[] {
  const steps = [definition["normalizer"], definition["pre_tokenizer"]].flatMap(stepsIn);
  return [
    ...strangePatterns(definition).map(patternHazard),
    ...steps.flatMap(stepHazards),
    ...prefixHazards(definition),
  ];
}

type Open = (settings: LibrarySettings) => Library;

/** Tells of which texts a normalizer leaves nothing. */
async function vanishing(open: Open, normalizer: unknown, texts: readonly string[]): Promise<readonly boolean[]> {
  const noMerges = { type: "BPE", unk_token: "?", vocab: { "?": 0 }, merges: [] };
  const definition = JSON.stringify({ version: "1.0", added_tokens: [], normalizer, model: noMerges });
  const encoded = await open({ definition }).encode(texts, { specialTokens: false });
  return encoded.map(({ ids }) => ids.length === 0);
}

/**
 * Finds added tokens that are found where there is nothing, also between the bytes of a character, and those that are
 * found again within the blanks that belong to the token before.
 */
async function tokenHazards(open: Open, definition: Json): Promise<readonly Hazard[]> {
  const { normalizer = null } = definition;
  const tokens = addedTokensOf(definition).filter(({ content }) => typeof content === "string" && content !== "");
  const among = async (steps: readonly unknown[], chosen: readonly AddedToken[]): Promise<readonly AddedToken[]> => {
    const normalizers = steps.filter((step) => step !== null);
    if (normalizers.length === 0 || chosen.length === 0) return [];
    const contents = chosen.map(({ content }) => content);
    const vanishes = await vanishing(open, { type: "Sequence", normalizers }, contents);
    return chosen.filter((_, i) => vanishes[i]);
  };
  const blanks = { type: "Strip", strip_left: true, strip_right: true };
  const normalized = tokens.filter((token) => token.normalized);
  const left = tokens.some(({ rstrip }) => rstrip) ? tokens.filter(({ lstrip }) => lstrip) : [];
  const found = [
    ...(await among([normalizer], normalized)),
    ...(await among(
      [normalizer, blanks],
      left.filter((token) => token.normalized),
    )),
    ...(await among(
      [blanks],
      left.filter((token) => !token.normalized),
    )),
  ];
  return found.map(({ content }) => takeOut(`its added token ${shownJson(content, 80)}`));
}

/** Returns what a definition, the text of a `tokenizer.json`, may break down over or take without end for. */
export async function hazardsOf(open: () => Promise<Open>, definition: Json): Promise<readonly Hazard[]> {
  const written = writtenHazards(definition);
  // Only what is sound otherwise can be asked for its tokens.
  return written.length > 0 ? written : tokenHazards(await open(), definition);
}
