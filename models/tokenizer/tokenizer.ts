import { InputError, messageOf } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { pathIn } from "../repository/json-reader.ts";
import type { KeysRead } from "../repository/keys-read.ts";
import { stripInput } from "./blanks.ts";
import type { ChatTemplate, MessageFormat } from "./chat-template.ts";
import { openEncoding, type Tokens } from "./encoding.ts";
import { type Ends, findEnds } from "./ends.ts";
import { type FileSettings, type ReadFiles, readChatTemplate, readFiles } from "./files.ts";
import { checkGrowth } from "./growth.ts";
import type { TextInput } from "./library.ts";
import { limitOf, storedLimit } from "./limit.ts";
import { openMessages } from "./messages.ts";
import { openLibrary } from "./open-library.ts";
import { withPrefixes } from "./prefixes.ts";
import { checkSetup } from "./strange-setup.ts";
import { checkSingleTypes, checkTemplates } from "./templates.ts";
import { givesTypes } from "./token-types.ts";
import {
  asConfigured,
  classNameOf,
  lowerCased,
  specialToken,
  specialTokens,
  type TokenizerFiles,
  versionOf,
} from "./tokenizer-classes.ts";
import { findDifference } from "./versions.ts";
import { idOf, withConfiguredTokens, withSpecialTokens } from "./vocabulary.ts";

export type { Tokens } from "./encoding.ts";
export type { TextInput } from "./library.ts";

type Json = Readonly<Record<string, unknown>>;

/** Turns inputs into token ids, with the model's special tokens and within its limit. */
export interface Tokenizer {
  /** Longest input in tokens, special tokens counted; Infinity where there is no limit. */
  readonly maxTokens: number;
  /** Id that pads the shorter rows of a batch. */
  readonly padId: number;
  /**
   * Tokenizes inputs, cut to `maxTokens` with special tokens in place; of a pair the longer text is cut first. Works
   * off the calling thread.
   */
  encode(inputs: readonly TextInput[]): Promise<Tokens[]>;
  /**
   * Counts the tokens that a prompt takes at the start of an input, without a special token that would close it
   * (sentence-transformers, Transformer._get_prompt_length).
   */
  promptLength(prompt: string): Promise<number>;
  /** Tokenizes texts, or pairs, as messages of a chat, behind a prompt; only of a model that takes such. */
  readonly encodeMessages?: (inputs: readonly TextInput[], prompt: string) => Promise<Tokens[]>;
}

/** A repository's tokenizer, and how it was set up. */
export interface OpenTokenizer extends Tokenizer {
  /** Who says how long an input may be, as `Limit.from`. */
  readonly maxTokensFrom: string;
  /** The side from which a text that is too long is cut. */
  readonly truncationSide: "left" | "right";
  /** Class in transformers that the files or the `model_type` name; null where there is none. */
  readonly className: string | null;
  /** Version of transformers that wrote the files, as far as they tell. */
  readonly writtenBy: 4 | 5;
  /** The side of a batch's shorter rows on which transformers pads them, where the files say it. */
  readonly paddingSide: string | undefined;
  /** Returns the id of a token of the vocabulary, undefined where there is none. */
  idOf(token: string): number | undefined;
  /** Returns the special token of a kind, null where there is none. */
  special(kind: "mask_token" | "eos_token" | "unk_token"): string | null;
  /** Tells the keys of the config file, by its path. */
  readonly keys: () => Readonly<Record<string, KeysRead>>;
  /** Finds what is put before and after each text (`findEnds`). */
  ends(): Promise<Ends | undefined>;
  /** Finds a text of which transformers 5 makes other ids by these files (`findDifference`). */
  difference(): Promise<string | undefined>;
}

export interface TokenizerSettings extends FileSettings {
  /** Limit that the user or the repository sets; without one the tokenizer's own holds, capped by `maxPositions`. */
  readonly maxTokens?: number | undefined;
  /** Who sets it, as `Limit.from`. */
  readonly maxTokensFrom?: string | undefined;
  /** Number of positions that the model was made for. */
  readonly maxPositions?: number | undefined;
  /** Number of positions for which the model has embeddings, which no limit can exceed. */
  readonly learnedPositions?: number | undefined;
  /** Lower-cases texts first. */
  readonly lowerCase?: boolean;
  /** Takes the blanks off both ends of texts. */
  readonly strips?: boolean | undefined;
  /** How messages hold a text, where texts are put into the chat template. */
  readonly messages?: MessageFormat | undefined;
  /** True where neither the order of a text's tokens counts nor anything but how often each occurs. */
  readonly bag?: boolean;
  /** Texts put before others, each of which is to be one token (`withPrefixes`). */
  readonly prefixes?: readonly string[] | undefined;
  /** True where nothing is put before and after a text, by a tokenizer that is set up as by its class all the same. */
  readonly bare?: boolean;
  /** `pad_token_id` of `config.json`, for a tokenizer that names no padding token. */
  readonly padTokenId?: number | undefined;
}

/**
 * Opens `tokenizer.json`, set up as by its class in transformers, with `tokenizer_config.json` and
 * `special_tokens_map.json`.
 * @throws InputError when a file is missing or damaged, or there is no padding token
 */
export async function openTokenizer(snapshot: Snapshot, settings: TokenizerSettings): Promise<OpenTokenizer> {
  const files = await readFiles(snapshot, settings);
  const place = `${snapshot.id}/${pathIn(settings.folder, "tokenizer.json")}`;
  try {
    checkSetup(files);
    // A static embedding takes the file as it stands, whatever classes there are.
    const configured = settings.specialTokens ? asConfigured(files) : files.definition;
    const definition = settings.lowerCase ? lowerCased(configured) : configured;
    checkTemplates(definition);
    if (givesTypes(files)) checkSingleTypes(definition);
    const template = settings.messages && (await readChatTemplate(snapshot, files, settings, settings.messages));
    return await toTokenizer(definition, checkGrowth(definition), files, snapshot.id, settings, template);
  } catch (error) {
    if (error instanceof InputError && error.message.startsWith("model: ")) throw error;
    throw new InputError(`model: ${place} cannot be used: ${messageOf(error)}`);
  }
}

/** Returns what tells the error of a text that cannot be encoded. */
const failing =
  (id: string) =>
  (error: unknown): never => {
    const remedy = error instanceof InputError ? "" : "; fetch it again";
    throw new InputError(`model: ${id}: its tokenizer.json cannot encode a text: ${messageOf(error)}${remedy}`);
  };

async function toTokenizer(
  definition: Json,
  growth: number,
  files: ReadFiles,
  id: string,
  settings: TokenizerSettings,
  template: ChatTemplate | undefined,
): Promise<OpenTokenizer> {
  const { specialTokens: hasSpecials, bag = false, bare = false } = settings;
  const special = hasSpecials ? specialTokens(files) : [];
  // A chat template writes all special tokens itself.
  const withSpecials = hasSpecials && template === undefined && !bare;
  // These are found in a text as they are, even where tokenizer.json holds them as plain entries of its vocabulary.
  const known = withConfiguredTokens(definition, files.config["added_tokens_decoder"]);
  const complete = await withPrefixes(withSpecialTokens(known, special), settings.prefixes ?? []);
  const library = await openLibrary(complete);
  const added = withSpecials ? (await library.encode([""], { specialTokens: true }))[0].ids : new Int32Array();
  const { tokens: maxTokens, from: maxTokensFrom } = hasSpecials
    ? limitOf(files.config, settings)
    : storedLimit(definition);
  if (maxTokens < added.length + 1)
    throw new InputError(`model: ${id} takes ${maxTokens} tokens, of which ${added.length} are special ones`);
  const side = truncationSide(files);
  if (Number.isFinite(maxTokens)) await library.truncate({ maxTokens, side });
  // Opened for pairs, when a text is cut, as few are, or when it is asked what surrounds a text.
  let whole: ReturnType<typeof openLibrary> | undefined;
  const encodeWhole = async (texts: readonly TextInput[], special = false) => {
    whole ??= openLibrary(complete);
    return (await whole).encode(texts, { specialTokens: special });
  };
  const encode = openEncoding({
    ...{ definition: complete, growth, specialTokens: withSpecials, maxTokens, side, bag },
    library,
    encodeWhole,
    typed: givesTypes(files),
  });
  const faulty = failing(id);
  const told = (inputs: readonly TextInput[]): Promise<Tokens[]> =>
    encode(settings.strips ? inputs.map(stripInput) : inputs).catch(faulty);
  const promptLength = async (prompt: string): Promise<number> => {
    const [{ ids }] = await told([prompt]);
    const specialIds = special.map((token) => idOf(complete, token));
    return specialIds.includes(ids.at(-1)) ? ids.length - 1 : ids.length;
  };
  const padId = hasSpecials ? padIdOf(complete, files, id, settings) : 0;
  const keys = () => ({ [pathIn(settings.folder, "tokenizer_config.json")]: files.keys() });
  const idsOf = async (encoding: Promise<readonly Pick<Tokens, "ids">[]>) =>
    (await encoding.catch(faulty)).map(({ ids }) => ids);
  const ends = () =>
    template === undefined
      ? findEnds(
          complete,
          (texts) => idsOf(encodeWhole(texts, withSpecials)),
          (texts) => idsOf(encodeWhole(texts)),
        )
      : findEnds(complete, async (texts) => idsOf(encodeWhole(await template.render(texts, ""))));
  const about = {
    maxTokensFrom,
    truncationSide: side,
    className: classNameOf(files),
    writtenBy: versionOf(files),
    paddingSide: typeof files.config["padding_side"] === "string" ? files.config["padding_side"] : undefined,
    idOf: (token: string) => idOf(complete, token),
    special: (kind: "mask_token" | "eos_token") => specialToken(files, kind),
    keys,
    ends,
    // Of files that 5 cannot use it makes no other ids.
    difference: async () => (hasSpecials ? findDifference(files).catch(() => undefined) : undefined),
  };
  const plain = { maxTokens, padId, encode: told, promptLength, ...about };
  if (template === undefined) return plain;
  return { ...plain, encodeMessages: openMessages({ template, encode: told, encodeWhole, maxTokens }) };
}

/** Returns the config's side, or as transformers does where it names none, that of the stored truncation. */
function truncationSide({ config, definition }: TokenizerFiles): "left" | "right" {
  const stored = (definition["truncation"] as { direction?: string } | null | undefined)?.direction;
  return String(config["truncation_side"] ?? stored).toLowerCase() === "left" ? "left" : "right";
}

/** Returns the id of the padding token, without which the reference, too, refuses to encode even one text. */
function padIdOf(
  definition: Json,
  files: TokenizerFiles,
  id: string,
  { folder, padTokenId }: TokenizerSettings,
): number {
  const token = specialToken(files, "pad_token");
  const named = token === null ? undefined : idOf(definition, token);
  if (named !== undefined) return named;
  if (padTokenId !== undefined && padTokenId >= 0) return padTokenId;
  const path = pathIn(folder, "tokenizer_config.json");
  const fault = token === null ? "names no padding token" : `names the padding token ${token}, which is no token of it`;
  throw new InputError(
    `model: the tokenizer of ${id} ${fault}; write one into a copy's ${path} ("pad_token": the end-of-text token serves, padding is masked)`,
  );
}
