import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import { tokenSimilarities } from "../late-interaction.ts";
import { parseConfig } from "./config.ts";
import { type JsonReader, modulesFile, pathIn } from "./json-reader.ts";
import { settingsFile } from "./kind.ts";
import { openLora } from "./lora.ts";
import { kindOf, type Module } from "./module.ts";
import { normalizesTokens, toDense } from "./module-configs.ts";
import { listModules, readModule, settingsFields } from "./repository.ts";
import { readTransformer } from "./transformer-module.ts";
import { expansionSchema, type RoleSettings } from "./transformer-settings.ts";

// Models of late interaction that list their modules, as sentence-transformers and PyLate write them.

type Json = Readonly<Record<string, unknown>>;
export type Transformer = Extract<Module, { type: "Transformer" }>;

/** Which tokens of a text count. Without it all do but those that are hidden. */
export interface TokenMask {
  /** Tokens, as they stand in the vocabulary, that do not count. */
  readonly skipped: readonly string[];
  /** Roles whose texts lose them; a text without a role counts as a document. */
  readonly roles: readonly ("query" | "document")[];
}

export const length = z.int().positive().max(limits.positions).nullish();
/** Keys of PyLate's that sentence-transformers has no place for; the names of Stanford's ColBERT among them. */
const pylateFields = {
  query_prefix: z.string().nullish(),
  document_prefix: z.string().nullish(),
  query_length: length,
  document_length: length,
  attend_to_expansion_tokens: z.boolean().nullish(),
  attend_to_mask_tokens: z.boolean().nullish(),
  do_query_expansion: z.boolean().nullish(),
  query_expansion: expansionSchema.nullish(),
  skiplist_words: z.array(z.string()).nullish(),
};
/** Similarities of other kinds, which older versions wrote and which stand for the usual one. */
const olderSimilarities = ["MaxSim", "cosine", "dot", "euclidean", "manhattan"] as const;
export const settingsSchema = z.strictObject({
  ...settingsFields,
  ...pylateFields,
  model_type: z.enum(["MultiVectorEncoder", "ColBERT", "SentenceTransformer"]).nullish(),
  similarity_fn_name: z.enum([...tokenSimilarities, ...olderSimilarities]).nullish(),
});
export type Settings = z.infer<typeof settingsSchema>;

const roles = z.enum(["query", "document"]);
const maskSchema = z.strictObject({
  skiplist_words: z.array(z.string()).nullish(),
  skiplist_tasks: z.union([roles.transform((role) => [role]), z.array(roles)]).nullish(),
  // Of images.
  keep_only_token_ids: z.null().optional(),
});

/** ASCII's signs, which ColBERT leaves out of documents (Python's string.punctuation). */
export const punctuation: readonly string[] = [..."!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"];
/** Length that queries are filled up to where none is given. */
export const usualLength = 32;
/** What older layouts say outside of the modules. */
interface Legacy extends RoleSettings {
  readonly prompts: Readonly<Record<string, string>>;
  /** Put before texts as single tokens. */
  readonly prefixes: readonly string[];
}

export interface Parts {
  readonly transformer: Transformer;
  /** Those behind it. */
  readonly modules: readonly Module[];
  readonly mask: TokenMask | undefined;
  readonly legacy: Legacy;
  readonly notes: readonly string[];
}

/** Translates PyLate's keys, as sentence-transformers does (`_parse_model_config`). */
export function pylateLegacy(settings: Settings): Legacy {
  const prompts: Record<string, string> = { ...settings.prompts };
  const prefixes: string[] = [];
  for (const role of ["query", "document"] as const) {
    const prefix = settings[`${role}_prefix`];
    if (prefix === undefined) continue;
    const saved = prompts[role] ?? "";
    prompts[role] = (prefix ?? "") + (prefix && saved.startsWith(prefix) ? saved.slice(prefix.length) : saved);
    if (prefix) prefixes.push(prefix);
  }
  const { query_length, document_length, query_expansion, do_query_expansion: expands } = settings;
  const common = { prompts, prefixes, document_length };
  if (query_expansion !== undefined) return { ...common, query_length, query_expansion };
  const isMarked = Object.keys(pylateFields).some((key) => settings[key as keyof typeof pylateFields] !== undefined);
  if (!isMarked) return { ...common, query_length };
  if (expands === false) return { ...common, query_length, query_expansion: null };
  // The length that queries are filled up to is also the one that they are cut to.
  const { attend_to_expansion_tokens: own, attend_to_mask_tokens: older } = settings;
  const attend = (own === undefined ? older : own) === true;
  return {
    ...common,
    query_expansion: { strategy: "fixed", attend, token: null, length: query_length ?? usualLength },
  };
}

type Listed = NonNullable<Awaited<ReturnType<typeof listModules>>>;

/** Reads the modules that a repository lists; undefined where it lists none. */
export async function readListed(snapshot: Snapshot, read: JsonReader, settings: Settings): Promise<Parts | undefined> {
  const listed = await listModules(snapshot, read);
  if (listed === undefined) return undefined;
  const [first] = listed;
  const lora = await openLora(snapshot, first.path);
  const config = lora?.config ?? (await read(pathIn(first.path, "config.json"))) ?? {};
  if (kindOf(first.type) !== "Transformer") throw layoutError(snapshot.id, listed);
  const transformer = await readTransformer(read, first.path, config, { lora: lora?.lora, roles: true });
  const layout = await layoutOf(read, settings);
  const { dense, ...stored } = await readOverTokens(snapshot, read, listed, layout);
  if (layout !== "listed" && dense.length === 0) throw noProjection(snapshot.id);
  const legacy = pylateLegacy(settings);
  const completed = layout === "completed" || layout === "converted";
  if (completed && stored.mask !== undefined) throw layoutError(snapshot.id, listed);
  const usual = layout === "completed" || legacy.prefixes.length > 0 ? punctuation : [];
  const added: OverTokens = {
    mask: { skipped: settings.skiplist_words ?? usual, roles: ["document"] },
    normalized: true,
  };
  const { mask, normalized } = completed ? added : stored;
  return {
    transformer,
    modules: [...dense, { type: "MultiVector" }, ...(normalized ? [{ type: "Normalize" } as const] : [])],
    mask,
    legacy,
    notes: layout === "mixed" ? [mixedNote(snapshot.id)] : [],
  };
}

/** What is done with the vectors of tokens behind the layers over them. */
interface OverTokens {
  readonly mask: TokenMask | undefined;
  readonly normalized: boolean;
}

/** Reads the modules behind the Transformer. */
async function readOverTokens(
  snapshot: Snapshot,
  read: JsonReader,
  listed: Listed,
  layout: Layout,
): Promise<OverTokens & { readonly dense: readonly Module[] }> {
  const dense: Module[] = [];
  let mask: TokenMask | undefined;
  let normalized = false;
  for (const { path, type, kwargs } of listed.slice(1)) {
    const name = kindOf(type);
    const file = pathIn(path, "config.json");
    const inOrder = !normalized && (name !== "Dense" || mask === undefined);
    if (kwargs?.length || !isOwn(type) || !(inOrder || layout === "converted")) {
      throw layoutError(snapshot.id, listed);
    }
    if (name === "Dense") dense.push(...denseOf(file, path, await read(file), layout));
    else if (name === "MultiVectorMask") mask = maskOf(parseConfig(file, maskSchema, (await read(file)) ?? {}));
    else if (name === "Normalize" && normalizesTokens(file, (path && (await read(file))) || {})) {
      normalized = true;
    } else if (layout === "converted" && (name === "Pooling" || name === "Normalize")) {
      // They make one vector of a text; the tokens' are taken in their place.
    } else if (name === "Normalize" || name === "Pooling" || name === "LayerNorm") {
      throw layoutError(snapshot.id, listed);
    } else dense.push(...(await readModule(snapshot, read, path, type, { routed: false, kwargs: [] })));
  }
  return { dense, mask, normalized };
}

/**
 * What sentence-transformers makes of listed modules: `listed`, they are all; `mixed`, they are all that it takes, though
 * PyLate adds others; `completed`, a mask and a normalization are added; `converted`, also those that make one vector of
 * a text are left out.
 */
type Layout = "listed" | "mixed" | "completed" | "converted";

async function layoutOf(read: JsonReader, { model_type: type }: Settings): Promise<Layout> {
  if (type === "ColBERT") return "completed";
  if (type === "MultiVectorEncoder") return "listed";
  const { architectures } = (await read("config.json")) ?? {};
  const isMixed = !type && Array.isArray(architectures) && architectures.includes("HF_ColBERT");
  return isMixed ? "mixed" : "converted";
}

const mixedNote = (id: string): string =>
  `model: ${id} lists its modules, but names no model_type in ${settingsFile}, and HF_ColBERT in config.json: as in sentence-transformers 6.2 the listed modules are all, so that vectors are not normalized and punctuation counts; PyLate normalizes and skips it. "model_type": "ColBERT" in a copy's ${settingsFile} has it done here, too`;

const isOwn = (type: string): boolean => /^(sentence_transformers|pylate\.models)\./.test(type);

/** Reads a layer over tokens; configs that do not say what it is over are older than the key. */
function denseOf(file: string, folder: string, config: Json | undefined, layout: Layout): Module[] {
  if (config === undefined) throw new InputError(`model: there is no ${shown(file)}, which its module Dense needs`);
  const dense = toDense(file, folder, { module_input_name: "token_embeddings", ...config });
  return dense.map((module) => {
    if (module.type !== "Dense" || module.on === "token_embeddings") return module;
    if (layout === "converted") return { ...module, on: "token_embeddings" };
    throw new InputError(
      `model: the ${file} config is not understood: module_input_name is ${module.on}; in a model of late interaction it is token_embeddings`,
    );
  });
}

const maskOf = ({ skiplist_words: skipped, skiplist_tasks: tasks }: z.infer<typeof maskSchema>): TokenMask => ({
  skipped: skipped ?? [],
  roles: tasks ?? ["document"],
});

const layoutError = (id: string, listed: Listed): InputError =>
  new InputError(
    `model: ${id}/${modulesFile} lists ${shown(listed.map(({ type }) => kindOf(type)).join(", "))}; in a model of late interaction a Transformer was expected, then Dense over its tokens, MultiVectorMask, and Normalize of tokens`,
  );

export const noProjection = (id: string): InputError =>
  new InputError(
    `model: ${id} has no layer that shortens the vectors of tokens (Dense), and sentence-transformers would draw one by chance; expected a model that was trained for late interaction`,
  );
