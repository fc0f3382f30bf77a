import { isRecord, parseDocument } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { pathIn } from "../repository/json-reader.ts";
import { type KeysRead, watchKeys } from "../repository/keys-read.ts";
import { type ChatTemplate, type MessageFormat, openChatTemplate } from "./chat-template.ts";
import { isBert, namedTokens, type TokenizerFiles } from "./tokenizer-classes.ts";
import { fromVocabulary } from "./word-pieces.ts";

type Json = Readonly<Record<string, unknown>>;

/** Where a tokenizer's files lie, and which of them count. */
export interface FileSettings {
  /** Folder of the tokenizer's files in the repository. */
  readonly folder: string;
  /** False for a static embedding, which takes the bare tokens. */
  readonly specialTokens: boolean;
  /** `model_type` of `config.json`. */
  readonly modelType?: string;
  /** True where the model's own code puts the end token behind each text, whatever the tokenizer's files say. */
  readonly endToken?: boolean;
}

/** A tokenizer's files, and which keys of `tokenizer_config.json` were looked at. */
export interface ReadFiles extends TokenizerFiles {
  readonly keys: () => KeysRead;
}

/** Reads the files of a tokenizer. @throws InputError when one is missing or damaged */
export async function readFiles(snapshot: Snapshot, settings: FileSettings): Promise<ReadFiles> {
  const read = async (name: string): Promise<Record<string, unknown>> => {
    const path = pathIn(settings.folder, name);
    if (!(await snapshot.has(path))) return {};
    const subject = `model: ${snapshot.id}/${path}`;
    const limit = name === "tokenizer.json" ? limits.tokenizer : limits.config;
    const text = await readSmallFile(await snapshot.resolve(path), subject, limit);
    const damaged = (reason: string): InputError => new InputError(`${subject} is damaged: ${reason}; fetch it again`);
    const value = parseDocument(text, subject, damaged);
    if (isRecord(value)) return value;
    throw damaged(`it is ${shown(value)}, expected an object`);
  };
  const path = pathIn(settings.folder, "tokenizer.json");
  if (!(await snapshot.has(path))) return readVocabulary(snapshot, settings, read);
  // A static embedding is read with this one file (static_embedding.py of sentence-transformers).
  const { watched, keys } = watchKeys(settings.specialTokens ? await read("tokenizer_config.json") : {});
  if (!settings.specialTokens) return { definition: await read("tokenizer.json"), config: watched, specials: {}, keys };
  return {
    definition: await read("tokenizer.json"),
    config: watched,
    keys,
    specials: await read("special_tokens_map.json"),
    modelType: settings.modelType,
    endToken: settings.endToken,
  };
}

/** Reads the files of a BERT repository that has a `vocab.txt` in place of `tokenizer.json`. */
async function readVocabulary(
  snapshot: Snapshot,
  settings: FileSettings,
  read: (name: string) => Promise<Json>,
): Promise<ReadFiles> {
  const { watched, keys } = watchKeys(await read("tokenizer_config.json"));
  const files = {
    definition: {},
    config: watched,
    keys,
    specials: await read("special_tokens_map.json"),
    modelType: settings.modelType,
  };
  const path = pathIn(settings.folder, "vocab.txt");
  const added = pathIn(settings.folder, "added_tokens.json");
  const alone = settings.specialTokens && (await snapshot.has(path)) && !(await snapshot.has(added));
  if (!alone || !isBert(files)) {
    throw new InputError(
      `model: ${snapshot.id} has no ${pathIn(settings.folder, "tokenizer.json")}; without it only BERT's vocab.txt is read, with no added_tokens.json beside it (save it with AutoTokenizer.save_pretrained)`,
    );
  }
  const text = await readSmallFile(await snapshot.resolve(path), `model: ${snapshot.id}/${path}`, limits.tokenizer);
  return { ...files, definition: fromVocabulary(text, files) };
}

/** Reads the template that `chat_template.jinja` holds, or else `tokenizer_config.json`. */
export async function readChatTemplate(
  snapshot: Snapshot,
  files: TokenizerFiles,
  settings: FileSettings,
  format: MessageFormat,
): Promise<ChatTemplate> {
  const path = pathIn(settings.folder, "chat_template.jinja");
  const place = `${snapshot.id}/${path}`;
  const more = pathIn(settings.folder, "additional_chat_templates/");
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
