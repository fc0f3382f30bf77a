import { stat } from "node:fs/promises";
import { InputError, messageOf } from "../datasets/errors.ts";
import { NotFetched, type Snapshot } from "../datasets/hub.ts";
import {
  type ArchitectureFacts,
  architectureFacts,
  keysOf,
  type ModelDescription,
  moduleFacts,
  type TokenizerFacts,
  type WeightFacts,
} from "./description.ts";
import { writeEncoderGraph } from "./graph/pipeline.ts";
import { ownPrompting } from "./prompts/prompting.ts";
import { type KeysRead, watchKeys } from "./repository/keys-read.ts";
import { type ConfigValues, completeConfig, tellingKeys } from "./repository/known-configs.ts";
import { type Module, readConfig, readPrompts, readRepository } from "./repository/repository.ts";
import { openWeights, unseenWeights, type Weights } from "./repository/weights.ts";
import { tokenizerSettings } from "./settings.ts";
import { type OpenTokenizer, openTokenizer } from "./tokenizer/tokenizer.ts";
import { differencesOfVersions } from "./versions.ts";

interface DescribeOptions {
  /** As in `ModelOptions`. */
  readonly config?: ConfigValues;
  readonly maxTokens?: number;
}

/**
 * Tells what a repository runs as, by the steps of `openRepository`, but opens no session. Where a step is refused, the
 * reason is told, and the other steps are taken all the same. Weights that the snapshot does not fetch are taken for
 * those that the config asks for.
 */
export async function describeRepository(
  snapshot: Snapshot,
  { config = {}, maxTokens }: DescribeOptions = {},
): Promise<ModelDescription> {
  const { id, revision } = snapshot;
  const { tell, attempt, notes, told } = openLedger();
  const spec = await attempt(() => readRepository(snapshot));
  const completed = spec && (await attempt(() => completeConfig(id, spec.modules, config)));
  if (completed?.assumption !== undefined) notes.push(completed.assumption);
  const { modules, transformer } = watchConfig(completed?.modules ?? spec?.modules ?? []);
  const tokenizer = spec && (await attempt(() => openTokenizer(snapshot, tokenizerSettings(id, modules, maxTokens))));
  const { open, opened } = openingWeights(snapshot, modules, tell);
  const warn = (line: string): void => void notes.push(line);
  const graph = spec && (await attempt(() => writeEncoderGraph(snapshot, modules, { open, warn })));
  const text = tokenizer && (await attempt(() => tokenizer.difference()));
  const tokens = tokenizer && text !== undefined ? { writtenBy: tokenizer.writtenBy, text } : undefined;
  const prompts = spec ?? (await attempt(() => readPrompts(snapshot)));
  const plain = spec === undefined ? await attempt(() => describePlainly(snapshot, open)) : undefined;
  return {
    id,
    revision,
    ...told(),
    versions:
      transformer === undefined
        ? []
        : differencesOfVersions(transformer.config, tokens, opened.get(transformer.folder)?.storedType),
    architecture:
      transformer === undefined
        ? (plain ?? null)
        : architectureFacts(transformer.config, transformer.keys().read, completed?.origins ?? {}, graph?.scopes),
    weights: await Promise.all([...opened].map(([, weights]) => weightFacts(snapshot, weights))),
    modules: modules.map(moduleFacts),
    dims: graph?.dims ?? null,
    similarity: spec?.similarity ?? null,
    tokenizer: tokenizer === undefined ? null : await tokenizerFacts(snapshot, tokenizer),
    prompting: prompts === undefined ? null : ownPrompting(id, prompts),
    keys: keysOf(spec?.keys ?? new Map(), {
      ...(transformer === undefined ? {} : { [pathIn(transformer.folder, "config.json")]: transformer.keys() }),
      ...(tokenizer?.keys() ?? {}),
    }),
  };
}

const pathIn = (folder: string, name: string): string => (folder === "" ? name : `${folder}/${name}`);

/** Keeps what is to be told of the steps; `attempt` takes one, and returns undefined where it is refused. */
function openLedger() {
  const refused = new Set<string>();
  const unseen = new Set<string>();
  const notes: string[] = [];
  const tell = (error: unknown): void => {
    if (!(error instanceof InputError)) throw error;
    (error instanceof NotFetched ? unseen : refused).add(messageOf(error));
  };
  const attempt = async <Value>(step: () => Value | Promise<Value>): Promise<Value | undefined> => {
    try {
      return await step();
    } catch (error) {
      tell(error);
      return undefined;
    }
  };
  const told = (): Pick<ModelDescription, "refused" | "unseen" | "notes"> => ({
    refused: [...refused],
    unseen: [...unseen],
    notes,
  });
  return { tell, attempt, notes, told };
}

/** Returns the modules with a Transformer whose config tells which of its keys are looked at. */
function watchConfig(modules: readonly Module[]) {
  const transformer = modules.find((module) => module.type === "Transformer");
  if (transformer === undefined) return { modules };
  const { watched: config, keys } = watchKeys(transformer.config);
  for (const key of tellingKeys) void config[key];
  return {
    modules: modules.map((module) => (module === transformer ? { ...transformer, config } : module)),
    transformer: { ...transformer, keys } satisfies { keys: () => KeysRead },
  };
}

/** Tells what the config and weights in a repository's own folder say by themselves, where its modules are refused. */
async function describePlainly(snapshot: Snapshot, open: typeof openWeights): Promise<ArchitectureFacts | null> {
  const config = await readConfig(snapshot);
  if (config === undefined) return null;
  await open(snapshot, "");
  return architectureFacts(config, Object.keys(config), {}, undefined);
}

/** Returns what opens weights for a graph, and remembers them; others stand in for those that are not fetched. */
function openingWeights(snapshot: Snapshot, modules: readonly Module[], tell: (error: NotFetched) => void) {
  const opened = new Map<string, Weights>();
  const open = async (_: Snapshot, folder: string): Promise<Weights> => {
    try {
      const weights = await openWeights(snapshot, folder);
      opened.set(folder, weights);
      return weights;
    } catch (error) {
      // A table of vectors has no config that says how large it is.
      if (!(error instanceof NotFetched) || modules[0]?.type === "StaticEmbedding") throw error;
      tell(error);
      return unseenWeights;
    }
  };
  return { open, opened };
}

async function weightFacts(snapshot: Snapshot, { source, parameters, storedType }: Weights): Promise<WeightFacts> {
  const sizes = await Promise.all(source.files.map(async (file) => (await stat(await snapshot.resolve(file))).size));
  return { ...source, parameters, storedType, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

async function tokenizerFacts(snapshot: Snapshot, tokenizer: OpenTokenizer): Promise<TokenizerFacts> {
  const { className, writtenBy, truncationSide, maxTokensFrom, maxTokens } = tokenizer;
  const files = await snapshot.files();
  const hasTemplate =
    files.some((file) => file.split("/").at(-1) === "chat_template.jinja") ||
    Object.values(tokenizer.keys()).some(({ read, other }) => [...read, ...other].includes("chat_template"));
  const used = tokenizer.encodeMessages !== undefined;
  return {
    className,
    writtenBy,
    truncationSide,
    maxTokensFrom,
    maxTokens: Number.isFinite(maxTokens) ? maxTokens : null,
    ends: (await tokenizer.ends()) ?? null,
    chatTemplate: used ? "used" : hasTemplate ? "not used" : null,
  };
}
