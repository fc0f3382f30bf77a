import { isRecord, parseDocument } from "../../datasets/document.ts";
import { InputError, messageOf } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { shown, shownJson } from "../../datasets/shown.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { stripInput } from "./blanks.ts";
import { type ChatTemplate, type MessageFormat, openChatTemplate } from "./chat-template.ts";
import { groupsOf, sizeOf } from "./groups.ts";
import { checkGrowth } from "./growth.ts";
import type { TextInput } from "./library.ts";
import { openLongTexts } from "./long-texts.ts";
import { openMessages } from "./messages.ts";
import { openLibrary } from "./open-library.ts";
import { checkTemplates } from "./templates.ts";
import {
  asConfigured,
  isBert,
  lowerCased,
  namedTokens,
  specialToken,
  specialTokens,
  type TokenizerFiles,
} from "./tokenizer-classes.ts";
import { idOf, withSpecialTokens } from "./vocabulary.ts";
import { fromVocabulary } from "./word-pieces.ts";

export type { TextInput } from "./library.ts";

type Json = Readonly<Record<string, unknown>>;

/** Token ids of an input, special tokens among them. */
export interface Tokens {
  readonly ids: Int32Array;
  /** 0 for a token of the first text, 1 for one of the second, [ids.length]; absent for a single text. */
  readonly types?: Int32Array;
  /** How often each of `ids` occurs, [ids.length], where each is given once; only of a `bag`. */
  readonly counts?: Int32Array;
}

/** Characters (UTF-16 units) handed to the library at once, which takes some 300 bytes for each. */
const mostCharacters = 2 ** 20;
/** Characters from which a text is encoded piece by piece. */
const longText = 2 ** 16;

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
  /** Tokenizes texts as messages of a chat, behind a prompt; only of a model that takes such. */
  readonly encodeMessages?: (texts: readonly string[], prompt: string) => Promise<Tokens[]>;
}

export interface TokenizerSettings {
  /** Folder of the tokenizer's files in the repository. */
  readonly folder: string;
  /** Limit that the user or the repository sets; without one the tokenizer's own holds, capped by `maxPositions`. */
  readonly maxTokens?: number | undefined;
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
  /** False for a static embedding, which takes the bare tokens. */
  readonly specialTokens: boolean;
  /** True where neither the order of a text's tokens counts nor anything but how often each occurs. */
  readonly bag?: boolean;
  /** `model_type` of `config.json`. */
  readonly modelType?: string;
  /** True where the model's own code puts the end token behind each text, whatever the tokenizer's files say. */
  readonly endToken?: boolean;
  /** `pad_token_id` of `config.json`, for a tokenizer that names no padding token. */
  readonly padTokenId?: number | undefined;
}

/**
 * Opens `tokenizer.json`, set up as by its class in transformers, with `tokenizer_config.json` and
 * `special_tokens_map.json`.
 * @throws InputError when a file is missing or damaged, or there is no padding token
 */
export async function openTokenizer(snapshot: Snapshot, settings: TokenizerSettings): Promise<Tokenizer> {
  const files = await readFiles(snapshot, settings);
  const place = `${snapshot.id}/${inFolder(settings, "tokenizer.json")}`;
  try {
    const configured = asConfigured(files);
    const definition = settings.lowerCase ? lowerCased(configured) : configured;
    checkTemplates(definition);
    const template = settings.messages && (await readChatTemplate(snapshot, files, settings, settings.messages));
    return await toTokenizer(definition, checkGrowth(definition), files, snapshot.id, settings, template);
  } catch (error) {
    if (error instanceof InputError && error.message.startsWith("model: ")) throw error;
    throw new InputError(`model: ${place} cannot be used: ${messageOf(error)}`);
  }
}

const inFolder = ({ folder }: Pick<TokenizerSettings, "folder">, name: string): string =>
  folder === "" ? name : `${folder}/${name}`;

async function readFiles(snapshot: Snapshot, settings: TokenizerSettings): Promise<TokenizerFiles> {
  const read = async (name: string): Promise<Record<string, unknown>> => {
    const path = inFolder(settings, name);
    if (!(await snapshot.has(path))) return {};
    const subject = `model: ${snapshot.id}/${path}`;
    const limit = name === "tokenizer.json" ? limits.tokenizer : limits.config;
    const text = await readSmallFile(await snapshot.resolve(path), subject, limit);
    const damaged = (reason: string): InputError => new InputError(`${subject} is damaged: ${reason}; fetch it again`);
    const value = parseDocument(text, subject, damaged);
    if (isRecord(value)) return value;
    throw damaged(`it is ${shown(value)}, expected an object`);
  };
  const path = inFolder(settings, "tokenizer.json");
  if (!(await snapshot.has(path))) return readVocabulary(snapshot, settings, read);
  // A static embedding is read with this one file (static_embedding.py of sentence-transformers).
  if (!settings.specialTokens) return { definition: await read("tokenizer.json"), config: {}, specials: {} };
  return {
    definition: await read("tokenizer.json"),
    config: await read("tokenizer_config.json"),
    specials: await read("special_tokens_map.json"),
    modelType: settings.modelType,
    endToken: settings.endToken,
  };
}

/** Reads the files of a BERT repository that has a `vocab.txt` in place of `tokenizer.json`. */
async function readVocabulary(
  snapshot: Snapshot,
  settings: TokenizerSettings,
  read: (name: string) => Promise<Json>,
): Promise<TokenizerFiles> {
  const files = {
    definition: {},
    config: await read("tokenizer_config.json"),
    specials: await read("special_tokens_map.json"),
    modelType: settings.modelType,
  };
  const path = inFolder(settings, "vocab.txt");
  const added = inFolder(settings, "added_tokens.json");
  const alone = settings.specialTokens && (await snapshot.has(path)) && !(await snapshot.has(added));
  if (!alone || !isBert(files)) {
    throw new InputError(
      `model: ${snapshot.id} has no ${inFolder(settings, "tokenizer.json")}; without it only BERT's vocab.txt is read, with no added_tokens.json beside it (save it with AutoTokenizer.save_pretrained)`,
    );
  }
  const text = await readSmallFile(await snapshot.resolve(path), `model: ${snapshot.id}/${path}`, limits.tokenizer);
  return { ...files, definition: fromVocabulary(text, files) };
}

/** Reads the template that `chat_template.jinja` holds, or else `tokenizer_config.json`. */
async function readChatTemplate(
  snapshot: Snapshot,
  files: TokenizerFiles,
  settings: TokenizerSettings,
  format: MessageFormat,
): Promise<ChatTemplate> {
  const path = inFolder(settings, "chat_template.jinja");
  const place = `${snapshot.id}/${path}`;
  const more = inFolder(settings, "additional_chat_templates/");
  const text = (await snapshot.has(path))
    ? await readSmallFile(await snapshot.resolve(path), `model: ${place}`, limits.config)
    : files.config["chat_template"];
  if (typeof text !== "string" || (await snapshot.files()).some((file) => file.startsWith(more))) {
    throw new InputError(
      `model: ${snapshot.id} takes messages of a chat, for which one chat template was expected, in ${path} or as text in tokenizer_config.json`,
    );
  }
  return openChatTemplate(place, text, format, namedTokens(files));
}

async function toTokenizer(
  definition: Json,
  growth: number,
  files: TokenizerFiles,
  id: string,
  settings: TokenizerSettings,
  template: ChatTemplate | undefined,
): Promise<Tokenizer> {
  const { specialTokens: hasSpecials, bag = false } = settings;
  const special = hasSpecials ? specialTokens(files) : [];
  // A chat template writes all special tokens itself.
  const withSpecials = hasSpecials && template === undefined;
  // These are found in a text as they are, even where tokenizer.json holds them as plain entries of its vocabulary.
  const complete = withSpecialTokens(definition, special);
  const library = await openLibrary(complete);
  const ends = withSpecials ? (await library.encode([""], { specialTokens: true }))[0].ids : new Int32Array();
  const maxTokens = hasSpecials ? limit(files.config, settings) : storedLimit(definition);
  if (maxTokens < ends.length + 1)
    throw new InputError(`model: ${id} takes ${maxTokens} tokens, of which ${ends.length} are special ones`);
  const side = truncationSide(files);
  if (Number.isFinite(maxTokens)) await library.truncate({ maxTokens, side });
  const most = Math.floor(mostCharacters / growth);
  const encodeLong = openLongTexts({ definition: complete, growth, specialTokens: withSpecials, maxTokens, side, bag });
  const encode = async (inputs: readonly TextInput[]): Promise<Tokens[]> => {
    const isLong = (input: TextInput): boolean => sizeOf(input) > longText / growth;
    const short = inputs.filter((input) => !isLong(input));
    const tokens: Tokens[] = [];
    for (const group of groupsOf(short, most)) {
      tokens.push(...(await library.encode(group, { specialTokens: withSpecials })));
    }
    const inOrder = tokens.values();
    const all: Tokens[] = [];
    for (const input of inputs) {
      all.push(isLong(input) ? await encodeLong(input, library) : (inOrder.next().value as Tokens));
    }
    return all;
  };
  const told = (inputs: readonly TextInput[]): Promise<Tokens[]> =>
    encode(settings.strips ? inputs.map(stripInput) : inputs).catch((error: unknown) => {
      const remedy = error instanceof InputError ? "" : "; fetch it again";
      throw new InputError(`model: ${id}: its tokenizer.json cannot encode a text: ${messageOf(error)}${remedy}`);
    });
  const promptLength = async (prompt: string): Promise<number> => {
    const [{ ids }] = await told([prompt]);
    const specialIds = special.map((token) => idOf(complete, token));
    return specialIds.includes(ids.at(-1)) ? ids.length - 1 : ids.length;
  };
  const padId = hasSpecials ? padIdOf(complete, files, id, settings) : 0;
  const plain = { maxTokens, padId, encode: told, promptLength };
  if (template === undefined) return plain;
  // Opened when a text is cut, as few are.
  let whole: ReturnType<typeof openLibrary> | undefined;
  const encodeWhole = async (texts: readonly string[]) => {
    whole ??= openLibrary(complete);
    return (await whole).encode(texts, { specialTokens: false });
  };
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
  const path = inFolder({ folder }, "tokenizer_config.json");
  const fault = token === null ? "names no padding token" : `names the padding token ${token}, which is no token of it`;
  throw new InputError(
    `model: the tokenizer of ${id} ${fault}; write one into a copy's ${path} ("pad_token": the end-of-text token serves, padding is masked)`,
  );
}

/** Returns the limit that a `tokenizer.json` brings, which holds where it is used as it is. */
function storedLimit({ truncation }: Json): number {
  if (truncation === undefined || truncation === null) return Number.POSITIVE_INFINITY;
  const { max_length: most, strategy } = isRecord(truncation) ? truncation : {};
  if (Number.isInteger(most) && strategy !== "OnlySecond") return Number(most);
  throw new InputError(
    `its truncation is ${shownJson(truncation, 200)}; expected were an integer max_length and a strategy for single texts`,
  );
}

function limit(
  config: Readonly<Record<string, unknown>>,
  { maxTokens, maxPositions, learnedPositions }: TokenizerSettings,
): number {
  const none = Number.POSITIVE_INFINITY;
  const own = config["model_max_length"];
  // Tokenizers without a limit store a number near 1e30.
  const byTokenizer = typeof own === "number" && own < 1e15 ? own : none;
  const wanted = maxTokens ?? Math.min(byTokenizer, maxPositions ?? none);
  return Math.min(wanted, learnedPositions ?? none);
}
