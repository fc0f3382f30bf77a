import { posix } from "node:path";
import { z } from "zod";
import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { shown } from "../../datasets/shown.ts";
import type { Similarity } from "../encoder.ts";
import { describeFaults, parseConfig } from "./config.ts";
import { type JsonReader, modulesFile, pathIn, readNeeded } from "./json-reader.ts";
import { settingsFile } from "./kind.ts";
import { openLora } from "./lora.ts";
import { kindOf, type Module } from "./module.ts";
import {
  checkNormalize,
  toDense,
  toLayerNorm,
  toPooling,
  toWeightedLayers,
  toWordEmbeddings,
} from "./module-configs.ts";
import { withoutConfig } from "./no-config.ts";
import { otherModule } from "./other-modules.ts";
import { differentRoutes, isRoutes, joinRoutes, type Routes, readRouter } from "./router.ts";
import { isThere, type Reading, readOwnModule, readTransformer } from "./transformer-module.ts";
import { settingsReader } from "./unlisted.ts";

export type { Module } from "./module.ts";

type Json = Readonly<Record<string, unknown>>;

/** Description of a model in its sentence-transformers repository. */
export interface ModelSpec {
  /** The modules in their order; of a model with a Router all that there are on any route, one route after the other. */
  readonly modules: readonly Module[];
  /** For a model with a Router: what texts go through, by their role. */
  readonly routes?: Routes;
  /** Texts put before an input, by name. */
  readonly prompts: Readonly<Record<string, string>>;
  /** Name of the prompt that applies where none is asked for. */
  readonly defaultPromptName: string | null;
  readonly similarity: Similarity;
  /** First-level keys of the JSON objects that were read, by file; they are all honoured, but for those of `config.json`. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
}

/** Returns a folder as the repository's files are listed: "" for itself, which model2vec writes as ".". */
const plainFolder = (path: string): string => posix.normalize(`${path}/`).slice(0, -1).replace(/^\.$/, "");

/** Most modules of a model; real ones have four. */
const mostModules = 100;
/** Classes of sentence-transformers itself, in the spellings of all its versions. */
const ownClass = /^sentence_transformers\.(models|(base|sentence_transformer)\.modules)\./;
/** The Router, and its name before sentence-transformers 5. */
const routers = /^sentence_transformers\.(models|(base|sentence_transformer)\.modules)\.(\w+\.)?(Router|Asym)$/;
const modulesSchema = z
  .array(
    z.strictObject({
      path: z.string().transform(plainFolder),
      type: z.string(),
      idx: z.int().optional(),
      name: z.string().optional(),
      // Arguments of a call that its class takes.
      kwargs: z.array(z.string()).nullish(),
    }),
  )
  .min(1)
  .max(mostModules);
/** Keys of the settings that models of every kind have. */
export const settingsFields = {
  // A prompt that is null puts nothing before a text.
  prompts: z
    .record(
      z.string(),
      z
        .string()
        .nullable()
        .transform((prompt) => prompt ?? ""),
    )
    .nullish(),
  default_prompt_name: z.string().nullish(),
  // Of the program that wrote the file, and of those that may read it.
  __version__: z.unknown().optional(),
  requirements: z.unknown().optional(),
};
const promptsSchema = z.object(settingsFields);
const settingsSchema = z.strictObject({
  ...settingsFields,
  similarity_fn_name: z.enum(["cosine", "dot", "euclidean", "manhattan"]).nullish(),
  truncate_dim: z.int().positive().nullish(),
  model_type: z.literal("SentenceTransformer").optional(),
});
/**
 * Reads the description of a model. A transformers repository without `modules.json` gets mean pooling, a causal
 * language model the last token's embedding, and of its settings none is read, as in sentence-transformers.
 * @throws InputError when a file is missing or damaged, or a module is of an unknown kind
 */
export async function readRepository(snapshot: Snapshot): Promise<ModelSpec> {
  const keys = new Map<string, readonly string[]>();
  const reader = await settingsReader(snapshot, keys);
  const steps = (await readListed(snapshot, reader, readModule)) ?? (await readUnlisted(snapshot, reader));
  const { dims, ...settings } = await readSettings(reader);
  const all = dims ? [...steps, [{ type: "Truncate", dims }] as const] : steps;
  return { ...joinSteps(all), ...settings, keys };
}

/** What texts go through one after the other: modules, and in place of a Router its routes. */
type Steps = readonly (readonly Module[] | Routes)[];

/** Joins what texts go through; `routes` where there is a Router. */
export function joinSteps(steps: Steps): Pick<ModelSpec, "modules" | "routes"> {
  if (!steps.some(isRoutes)) return { modules: steps.flatMap((step) => (isRoutes(step) ? [] : step)) };
  const routes = joinRoutes(steps);
  return { modules: differentRoutes(routes).flatMap(({ modules }) => modules), routes };
}

/** Returns the repositories of the models whose adapters modules are. */
export const basesIn = (modules: readonly Module[]): Snapshot[] =>
  modules.flatMap((module) => (module.type === "Transformer" ? (module.lora?.base ?? []) : []));

/**
 * Reads the prompts of a repository of any kind, and its `config.json` where it has one, and nothing else of it.
 * @throws InputError when a file is damaged
 */
export async function readPrompts(
  snapshot: Snapshot,
): Promise<Pick<ModelSpec, "prompts" | "defaultPromptName"> & { readonly config: Json | undefined }> {
  const read = await settingsReader(snapshot);
  const settings = parseConfig(settingsFile, promptsSchema, (await read(settingsFile)) ?? {});
  const config = (await isThere(snapshot, "config.json")) ? await read("config.json") : undefined;
  return { ...promptsOf(settings), config };
}

/** Returns the prompts that settings hold. */
export const promptsOf = (
  settings: z.infer<typeof promptsSchema>,
): Pick<ModelSpec, "prompts" | "defaultPromptName"> => ({
  prompts: settings.prompts ?? {},
  defaultPromptName: settings.default_prompt_name ?? null,
});

/** Reads what holds for the model as a whole; `dims` are the first values that are kept of a vector. */
async function readSettings(
  read: JsonReader,
): Promise<Omit<ModelSpec, "modules" | "routes" | "keys"> & { dims?: number | null }> {
  const file = (await read(settingsFile)) ?? {};
  const settings = parseConfig(settingsFile, settingsSchema, file);
  return {
    dims: settings.truncate_dim ?? null,
    ...promptsOf(settings),
    similarity: settings.similarity_fn_name ?? "cosine",
  };
}

/**
 * Reads what texts go through as a repository lists it; undefined where it lists none.
 * @param readAs Reads a module that is no Router.
 */
export async function readListed(
  snapshot: Snapshot,
  read: JsonReader,
  readAs: typeof readModule,
): Promise<Steps | undefined> {
  const listed = await listModules(snapshot, read);
  if (listed === undefined) return undefined;
  const readOne = (routed: boolean) => (folder: string, type: string, kwargs?: readonly string[] | null) =>
    readAs(snapshot, read, folder, type, { routed, kwargs: kwargs ?? [] });
  const steps: (readonly Module[] | Routes)[] = [];
  for (const { path, type, kwargs } of listed) {
    const modality = makesMessages(steps[0]) ? "message" : "text";
    const isRouter = routers.test(type) && !kwargs?.length;
    const router = () => readRouter(snapshot.id, path, read, modality, readOne(true));
    steps.push(isRouter ? await router() : await readOne(false)(path, type, kwargs));
  }
  return steps;
}

async function readUnlisted(snapshot: Snapshot, read: JsonReader): Promise<Steps> {
  const transformer = await readBare(snapshot, read);
  const { architectures, is_causal: looksBack = true } = transformer.config;
  const [first] = [architectures].flat();
  const causal = typeof first === "string" && first.endsWith("ForCausalLM") && Boolean(looksBack);
  return [[transformer, { type: "Pooling", modes: [causal ? "lasttoken" : "mean"], includePrompt: true }]];
}

/** Lists a model's modules as its repository does; undefined where it lists none. */
export async function listModules(snapshot: Snapshot, read: JsonReader) {
  const listed = await read(modulesFile);
  if (listed === undefined) return undefined;
  const parsed = modulesSchema.safeParse(listed);
  if (parsed.success) return parsed.data;
  const faults = describeFaults(parsed.error, listed);
  throw new InputError(`model: ${snapshot.id}/modules.json is not a list of modules with path and type: ${faults}`);
}

/**
 * Reads the Transformer of a repository that lists no modules.
 * @param reading As in `readTransformer`.
 */
export async function readBare(
  snapshot: Snapshot,
  read: JsonReader,
  reading: Pick<Reading, "tasks" | "roles"> = {},
): Promise<Extract<Module, { type: "Transformer" }>> {
  const lora = await openLora(snapshot, "");
  const config = lora?.config ?? (await read("config.json"));
  if (config === undefined) throw await withoutConfig(snapshot);
  const transformer = await readTransformer(read, "", config, { lora: lora?.lora, ...reading });
  return (await hasChatTemplate(snapshot, read)) ? { ...transformer, messages: "auto" } : transformer;
}

/** Tells whether the first step is a Transformer that takes texts as messages; a Router's routes take them as texts. */
const makesMessages = (first: readonly Module[] | Routes | undefined): boolean =>
  first !== undefined && !isRoutes(first) && first.some((module) => "messages" in module);

/** Tells whether a repository has a chat template, into which sentence-transformers puts texts if it did not save it. */
async function hasChatTemplate(snapshot: Snapshot, read: JsonReader): Promise<boolean> {
  const isTemplate = (path: string): boolean => /^(chat_template\.jinja$|additional_chat_templates\/)/.test(path);
  const stored = (await read("tokenizer_config.json"))?.["chat_template"] ?? null;
  return stored !== null || (await snapshot.files()).some(isTemplate);
}

const known = [
  "Transformer",
  "StaticEmbedding",
  "WordEmbeddings",
  "Pooling",
  "WeightedLayerPooling",
  "Dense",
  "LayerNorm",
  "Normalize",
  "Dropout",
];

/**
 * @param place.routed True within a Router.
 * @param place.kwargs Names of arguments of each call that are handed to it.
 */
export async function readModule(
  snapshot: Snapshot,
  read: JsonReader,
  folder: string,
  type: string,
  { routed, kwargs }: { readonly routed: boolean; readonly kwargs: readonly string[] },
): Promise<Module[]> {
  const kind = kindOf(type);
  const own = ownClass.test(type) || routed ? undefined : await readOwnModule(snapshot, read, folder, type);
  if (own !== undefined) return own;
  if (known.includes(kind) && !ownClass.test(type)) {
    throw new InputError(
      `model: ${snapshot.id}/modules.json has a module of the type ${shown(type)}, whose code is not run; read are those of sentence_transformers: ${known.join(", ")}`,
    );
  }
  if (kwargs.length > 0) {
    throw new InputError(
      `model: ${snapshot.id}/modules.json gives its module ${shown(type)} arguments of each call (kwargs: ${shown(kwargs.join(", "))}); none were expected`,
    );
  }
  const name = kind === "WordEmbeddings" ? "wordembedding_config.json" : "config.json";
  const path = pathIn(folder, name);
  const config = () => readNeeded(snapshot, read, path, type);
  switch (kind) {
    case "Transformer": {
      const lora = await openLora(snapshot, folder);
      return [await readTransformer(read, folder, lora?.config ?? (await config()), { routed, lora: lora?.lora })];
    }
    case "StaticEmbedding":
      return [{ type: kind, folder }];
    case "WordEmbeddings":
      return [toWordEmbeddings(path, folder, await config())];
    case "Pooling":
      return [toPooling(path, await config())];
    case "WeightedLayerPooling":
      return [toWeightedLayers(path, folder, await config())];
    case "Dense":
      return toDense(path, folder, await config());
    case "LayerNorm":
      return [toLayerNorm(path, folder, await config())];
    case "Normalize":
      if (folder !== "" && (await isThere(snapshot, path))) checkNormalize(path, await config());
      return [{ type: kind }];
    case "Dropout":
      return [];
    default: {
      const what = otherModule(type);
      const described =
        what === undefined
          ? ""
          : `, ${what}, which is not read; vectors that were made elsewhere are scored as precomputed:FOLDER`;
      throw new InputError(
        `model: ${snapshot.id} has a module of the type ${shown(type)}${described}; known are ${known.join(", ")}, Router`,
      );
    }
  }
}
