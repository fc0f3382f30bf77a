import { join } from "node:path";
import { z } from "zod";
import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { isFile } from "../../datasets/folder.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { limits } from "../../datasets/limits.ts";
import { shown, shownJson } from "../../datasets/shown.ts";
import { describeFaults } from "./config.ts";
import { adapterFile, type JsonReader, jsonReader, pathIn } from "./json-reader.ts";
import { type Clock, newClock, pythonPattern } from "./python-pattern.ts";

type Json = Readonly<Record<string, unknown>>;

/** A LoRA adapter of PEFT's over a Transformer's linear layers (Hu et al. 2021). */
export interface Lora {
  /** Folder of its files, relative to the repository. */
  readonly folder: string;
  /** Repository of the model that it is an adapter of, where that does not lie beside it. */
  readonly base?: Snapshot;
  /** Tells whether a linear layer has a part in it, by the name of the layer's module. */
  readonly targets: (name: string) => boolean;
  readonly rankOf: (name: string) => number;
  /** Returns the factor of what is added to a layer's product. */
  readonly scaleOf: (name: string) => number;
}

const names = z.array(z.string());
const rank = z.int().positive().max(limits.width);
const none = z.null().optional();
const off = z.literal(false).optional();
/** Read only while an adapter is made. */
const anything = z.unknown().optional();
/** Ways to draw first values that leave the model's own weights as they are; those of PiSSA, for one, change them. */
const harmlessInit = z.union([z.boolean(), z.enum(["gaussian", "eva", "orthogonal"])]);
/** Parts of a model that make no embedding, and may come with an adapter. */
const heads = z.enum(["classifier", "score", "lm_head", "qa_outputs", "cls"]);

/** All keys that PEFT 0.21 writes, and those of older versions. */
const schema = z
  .strictObject({
    peft_type: z.literal("LORA"),
    base_model_name_or_path: z.string().min(1).nullish(),
    revision: z.string().min(1).nullish(),
    r: rank.default(8),
    lora_alpha: z.number().default(8),
    use_rslora: z.boolean().default(false),
    target_modules: z.union([names.min(1), z.string()]),
    exclude_modules: z.union([names, z.string()]).nullish(),
    layers_to_transform: z.union([z.array(z.int()), z.int()]).nullish(),
    layers_pattern: z.union([names, z.string()]).nullish(),
    rank_pattern: z.record(z.string(), rank).nullish(),
    alpha_pattern: z.record(z.string(), z.number()).nullish(),
    bias: z.literal("none").default("none"),
    modules_to_save: z.array(heads).nullish(),
    init_lora_weights: harmlessInit.default(true),
    task_type: z
      .enum(["SEQ_CLS", "SEQ_2_SEQ_LM", "CAUSAL_LM", "TOKEN_CLS", "QUESTION_ANS", "FEATURE_EXTRACTION"])
      .nullish(),
    use_dora: off,
    lora_bias: off,
    use_qalora: off,
    megatron_config: none,
    trainable_token_indices: none,
    layer_replication: none,
    velora_config: none,
    alora_invocation_tokens: none,
    monteclora_config: none,
    use_bdlora: none,
    arrow_config: none,
    kasa_config: none,
    target_parameters: z.union([z.null(), names.max(0)]).optional(),
    enable_lora: none,
    // PEFT takes the layers as they are stored, which are none of Conv1D's here.
    fan_in_fan_out: z.boolean().optional(),
    // Of layers whose weights are also a table of tokens, which have no part in an adapter here.
    ensure_weight_tying: z.boolean().optional(),
    lora_dropout: anything,
    inference_mode: anything,
    loftq_config: anything,
    eva_config: anything,
    corda_config: anything,
    lora_ga_config: anything,
    runtime_config: anything,
    qalora_group_size: anything,
    megatron_core: anything,
    merge_weights: anything,
    auto_mapping: anything,
    peft_version: anything,
  })
  .refine(({ target_modules: target, layers_to_transform: layers }) => typeof target !== "string" || layers == null, {
    path: ["layers_to_transform"],
    error: "must be null where target_modules is a regular expression",
  });
type Settings = z.infer<typeof schema>;

/** What the file says of the adapter, and of the model that it is one of. */
interface StoredLora extends Omit<Lora, "folder" | "base"> {
  readonly id: string | undefined;
  readonly revision: string | undefined;
}

/**
 * Reads what `adapter_config.json` says, as PEFT 0.21 does (`tuners/tuners_utils.py`, `tuners/lora/model.py`).
 * @param file Its path, for messages.
 * @throws InputError naming a key or value that is not honoured
 */
function readLora(file: string, stored: Json): StoredLora {
  const { data: settings, error } = schema.safeParse(stored);
  if (error !== undefined) {
    throw new InputError(
      `model: the adapter of ${shown(file)} is not applied: ${describeFaults(error, stored)}; merge it in a copy (PEFT's merge_and_unload), or take it out of one`,
    );
  }
  const { r, lora_alpha: alpha, use_rslora: isStabilized } = settings;
  const clock = newClock();
  const rankOf = byPattern(file, clock, "rank_pattern", settings.rank_pattern ?? {}, r);
  const alphaOf = byPattern(file, clock, "alpha_pattern", settings.alpha_pattern ?? {}, alpha);
  return {
    id: settings.base_model_name_or_path ?? undefined,
    revision: settings.revision ?? undefined,
    targets: targetsOf(file, clock, settings),
    rankOf,
    scaleOf: (name) => alphaOf(name) / (isStabilized ? Math.sqrt(rankOf(name)) : rankOf(name)),
  };
}

/** Returns a function from a layer's name to the value of the first pattern that its last parts match, or the default. */
function byPattern(
  file: string,
  clock: Clock,
  key: string,
  values: Readonly<Record<string, number>>,
  otherwise: number,
): (name: string) => number {
  const patterns = Object.entries(values).map(([pattern, value]) => ({
    value,
    matches: pythonPattern(`model: the ${shown(file)} config: a key of ${key}`, pattern, clock, {
      before: "(?:.*\\.)?",
    }),
  }));
  return (name) => patterns.find(({ matches }) => matches(name) !== null)?.value ?? otherwise;
}

/** Reads adapters by their names, each from the folder of that name. */
export async function readLoras(read: JsonReader, folder: string, names: readonly string[]): Promise<Lora[]> {
  const readOne = async (name: string): Promise<Lora> => {
    const file = `${folder}/${name}/${adapterFile}`;
    const stored = await read(file);
    if (stored === undefined) {
      throw new InputError(`model: there is no ${shown(file)}, which the config.json names an adapter; fetch it again`);
    }
    const { id: _, revision: __, ...lora } = readLora(file, stored);
    return { folder: `${folder}/${name}`, ...lora };
  };
  return Promise.all(names.map(readOne));
}

/** A shorthand of PEFT's for all linear layers. */
const allLinear = "all-linear";

function targetsOf(file: string, clock: Clock, settings: Settings): (name: string) => boolean {
  const isIn = (key: "target_modules" | "exclude_modules", value: string | readonly string[]) => {
    if (typeof value !== "string") return (name: string) => value.some((one) => `.${name}`.endsWith(`.${one}`));
    const matches = pythonPattern(`model: ${key} of ${shown(file)}`, value, clock);
    return (name: string) => matches(name) !== null;
  };
  const { target_modules: target, exclude_modules: exclude } = settings;
  const isAll = typeof target === "string" && target.toLowerCase() === allLinear;
  const isTarget = isAll ? () => true : isIn("target_modules", target);
  const isExcluded = exclude?.length ? isIn("exclude_modules", exclude) : () => false;
  const isInLayers = typeof target === "string" ? () => true : layersOf(file, clock, target, settings);
  return (name) => !isExcluded(name) && isTarget(name) && isInLayers(name);
}

/**
 * Tells whether a module lies in the layers that the adapter is for. PEFT finds a module's layer by the number behind the
 * module list's name; of a list of any name, only where another name stands before it (`encoder.layer.0.`).
 */
function layersOf(
  file: string,
  clock: Clock,
  target: readonly string[],
  settings: Settings,
): (name: string) => boolean {
  const layers = [settings.layers_to_transform ?? []].flat();
  if (layers.length === 0) return () => true;
  const index = { after: "\\.(?<index>\\d+)\\..*" };
  const lists = [settings.layers_pattern ?? []].flat();
  const named = lists.map((list) =>
    pythonPattern(`model: layers_pattern of ${shown(file)}`, list, clock, { before: "(?:.*?\\.)??", ...index }),
  );
  const any = /^.*?\.[^.]*\.(?<index>\d+)\./;
  const layerOf = (name: string): number => {
    const found = lists.length === 0 ? any.exec(name) : named.map((matches) => matches(name)).find(Boolean);
    return Number(found?.groups?.["index"] ?? Number.NaN);
  };
  // A module whose whole name is given is in, whatever its layer.
  return (name) => target.includes(name) || layers.includes(layerOf(name));
}

const copyWithId = "write the model's id into a copy of the adapter (base_model_name_or_path)";
const mergeAll =
  "merge all into the model one after the other (PEFT's merge_and_unload), and save that with its tokenizer";

/**
 * Opens the adapter in a folder of a repository, where there is one, as transformers 5.24 does (`integrations/peft.py`)
 * and sentence-transformers 6.2. Beside the config of a model in a folder it is an adapter of that model; one of the Hub
 * is one of the repository that it names.
 * @returns the adapter, and the config of its model where that lies elsewhere
 * @throws InputError where it is not understood, or its model cannot be had
 */
export async function openLora(
  snapshot: Snapshot,
  folder: string,
): Promise<{ readonly lora: Lora; readonly config?: Json } | undefined> {
  const file = pathIn(folder, adapterFile);
  const files = await snapshot.files();
  // A cache that may hold only some files is not asked about one that hardly any repository has.
  const stored = files.includes(file) ? await jsonReader(snapshot)(file) : undefined;
  if (stored === undefined) return undefined;
  const { id, revision, ...rest } = readLora(file, stored);
  const lora = { folder, ...rest };
  const hasConfig = files.includes(pathIn(folder, "config.json"));
  if (id === snapshot.id || (snapshot.revision === "local" && hasConfig)) return { lora };
  const fail = (reason: string): never => {
    throw new InputError(`model: ${snapshot.id} is an adapter (${shown(file)}) ${reason}`);
  };
  if (id === undefined) return fail(`that does not name its model; ${copyWithId}`);
  const base = await openBase(snapshot, id, revision, fail);
  if (hasConfig && isRecord((await jsonReader(snapshot)(pathIn(folder, "config.json")))?.["auto_map"]))
    fail(`of ${base.id} with code of its own (auto_map in config.json), which is not run; ${mergeAll}`);
  if (!(await snapshot.has(pathIn(folder, "tokenizer.json"))) && !(await snapshot.has(pathIn(folder, "vocab.txt"))))
    fail(
      `of ${base.id} without a tokenizer, which sentence-transformers takes from the adapter's repository; put it, and what else the model's texts need (modules.json, prompts), into a copy`,
    );
  const config =
    (await jsonReader(base)("config.json")) ?? fail(`of ${base.id}, which has no config.json; ${copyWithId}`);
  return { lora: { ...lora, base }, config };
}

/** Opens the repository of the model that an adapter names. */
async function openBase(
  { revision: own, other }: Snapshot,
  id: string,
  revision: string | undefined,
  fail: (reason: string) => never,
): Promise<Snapshot> {
  const named = `of ${shownJson(id, 200)} (base_model_name_or_path)`;
  const base = await other(id, revision).catch((error: unknown) => {
    if (!(error instanceof InputError)) throw error;
    return fail(`${named}, which cannot be opened: ${error.message}`);
  });
  if (base.revision === "local" && own !== "local")
    fail(`${named}, a folder of this machine, which no repository of the Hub may name; ${copyWithId}`);
  // The files of a folder that is no model are not listed: a stranger may have named the whole disk.
  if (base.revision === "local" && !(await isFile(join(id, "config.json"))))
    fail(`${named}, a folder without config.json; ${copyWithId}`);
  if ((await base.files()).includes(adapterFile))
    fail(`${named}, which has an adapter itself, and only one is applied; ${mergeAll}`);
  return base;
}
