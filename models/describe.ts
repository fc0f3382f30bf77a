import { stat } from "node:fs/promises";
import { InputError, messageOf } from "../datasets/errors.ts";
import { NotFetched, type Snapshot } from "../datasets/hub.ts";
import { adaptersOf } from "./architectures/index.ts";
import {
  type ArchitectureFacts,
  architectureFacts,
  keysOf,
  type ModelDescription,
  moduleFacts,
  type RowFacts,
  type TokenizerFacts,
  type WeightFacts,
} from "./description.ts";
import { writeEncoderGraph } from "./graph/pipeline.ts";
import { ownPrompting } from "./prompts/prompting.ts";
import { pathIn, readConfig } from "./repository/json-reader.ts";
import { type KeysRead, watchKeys } from "./repository/keys-read.ts";
import type { RepositoryKind } from "./repository/kind.ts";
import { type ConfigValues, completeConfig, tellingKeys } from "./repository/known-configs.ts";
import { openModuleWeights } from "./repository/lora-weights.ts";
import { basesIn, type Module, readPrompts } from "./repository/repository.ts";
import { differentRoutes, type Routes, textKinds } from "./repository/router.ts";
import { type AnySpec, readSpec } from "./repository/spec.ts";
import { unreadLines } from "./repository/unlisted.ts";
import { unseenWeights, type Weights } from "./repository/weights.ts";
import { baseLines, tokenizerSettings } from "./settings.ts";
import { type OpenTokenizer, openTokenizer } from "./tokenizer/tokenizer.ts";
import { checkLengths, isBesideTransformers, isTable } from "./variants/routes.ts";
import { differencesOfVersions } from "./versions.ts";

interface DescribeOptions {
  /** As in `ModelOptions`. */
  readonly config?: ConfigValues;
  readonly maxTokens?: number;
  /** As in `KindOptions`. */
  readonly kind?: RepositoryKind;
}

/**
 * Tells what a repository runs as, by the steps of `openRepository`, but opens no session. Where a step is refused, the
 * reason is told, and the other steps are taken all the same. Weights that the snapshot does not fetch are taken for
 * those that the config asks for.
 */
export async function describeRepository(snapshot: Snapshot, options: DescribeOptions = {}): Promise<ModelDescription> {
  const { id, revision } = snapshot;
  const ledger = openLedger();
  const { attempt, told } = ledger;
  const weights = new Map<string, Promise<WeightFacts>>();
  const spec = await attempt(() => readSpec(snapshot, options.kind));
  const rows = spec === undefined ? [] : await describeRows(snapshot, spec, options, ledger, weights);
  const routes = routesOf(spec);
  if (spec !== undefined && "notes" in spec) spec.notes.forEach(ledger.note);
  for (const line of await unreadLines(snapshot, spec?.modules ?? [])) ledger.note(line);
  const plain = spec === undefined ? await describePlainly(snapshot, ledger, weights) : undefined;
  const prompts = spec ?? (await attempt(() => readPrompts(snapshot)));
  const [lead = { ...noRow, architecture: plain ?? null }] = rows;
  const { keys: _, ...facts } = lead;
  return {
    id,
    revision,
    ...told(),
    ...facts,
    weights: await Promise.all(weights.values()),
    kind: spec?.kind ?? null,
    toldBy: spec?.toldBy ?? null,
    scores: spec !== undefined && "labels" in spec ? { labels: spec.labels, activation: spec.activation } : null,
    routes: routes === undefined ? [] : routeFacts(routes, rows),
    similarity: spec !== undefined && "similarity" in spec ? spec.similarity : null,
    maxActive: spec !== undefined && "maxActive" in spec && Number.isFinite(spec.maxActive) ? spec.maxActive : null,
    interaction: interactionOf(spec),
    prompting: prompts === undefined ? null : ownPrompting(id, prompts),
    keys: keysOf(spec?.keys ?? new Map(), Object.assign({}, ...rows.map(({ keys }) => keys))),
  };
}

function interactionOf(spec: AnySpec | undefined): ModelDescription["interaction"] {
  if (spec === undefined || !("expansion" in spec)) return null;
  const { queryLimit, documentLimit, expansion, mask } = spec;
  return { queryLimit, documentLimit, expansion, mask };
}

/** Facts about what texts go through, and the keys of its config files that were looked at. */
type Row = RowFacts & { readonly keys: Readonly<Record<string, KeysRead>> };

const noRow: Row = {
  architecture: null,
  modules: [],
  dims: null,
  tokenizer: null,
  adapters: null,
  versions: [],
  keys: {},
};

type Ledger = ReturnType<typeof openLedger>;

/** Keeps what is to be told of the steps; `attempt` takes one, and returns undefined where it is refused. */
function openLedger() {
  const refused = new Set<string>();
  const unseen = new Set<string>();
  const notes = new Set<string>();
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
    notes: [...notes],
  });
  return { tell, attempt, note: (line: string): void => void notes.add(line), told };
}

const routesOf = (spec: AnySpec | undefined): Routes | undefined =>
  spec !== undefined && "routes" in spec ? spec.routes : undefined;

/** Describes all that texts go through: the modules, or each route of a Router. */
async function describeRows(
  snapshot: Snapshot,
  spec: AnySpec,
  options: DescribeOptions,
  ledger: Ledger,
  weights: Map<string, Promise<WeightFacts>>,
): Promise<Row[]> {
  const routes = routesOf(spec);
  if (routes === undefined) return [await describeRow(snapshot, spec.modules, options, ledger, weights)];
  const rows: Row[] = [];
  const different = differentRoutes(routes);
  for (const route of different) {
    const chosen = isBesideTransformers(route, routes) ? {} : options;
    rows.push(await describeRow(snapshot, route.modules, chosen, ledger, weights));
  }
  for (const kind of textKinds) {
    const reason = routes[kind];
    if (typeof reason === "string") ledger.note(`model: ${snapshot.id}: ${reason}`);
  }
  const [lead, ...others] = rows.flatMap(({ dims }, i) => (dims === null ? [] : [{ name: different[i].name, dims }]));
  for (const other of others) await ledger.attempt(() => checkLengths(snapshot.id, lead, other));
  return rows;
}

/** Names the routes of a Router, and the texts that take them. */
const routeFacts = (routes: Routes, rows: readonly Row[]): ModelDescription["routes"] =>
  differentRoutes(routes).map(({ name }, i) => {
    const { keys: _, ...facts } = rows[i];
    const isTaken = (kind: (typeof textKinds)[number]): boolean => {
      const route = routes[kind];
      return typeof route !== "string" && route.name === name;
    };
    return { name, texts: textKinds.filter(isTaken), ...facts };
  });

/** Describes modules that texts go through one after the other. */
async function describeRow(
  snapshot: Snapshot,
  stored: readonly Module[],
  { config = {}, maxTokens }: DescribeOptions,
  { tell, attempt, note }: Ledger,
  facts: Map<string, Promise<WeightFacts>>,
): Promise<Row> {
  const { id } = snapshot;
  const completed = await attempt(() => completeConfig(id, stored, config));
  if (completed?.assumption !== undefined) note(completed.assumption);
  const { modules, transformer } = watchConfig(completed?.modules ?? stored);
  for (const line of baseLines(id, basesIn(modules))) note(line);
  // Of a tokenizer of words nothing is told.
  const tokenizer =
    modules[0]?.type === "WordEmbeddings"
      ? undefined
      : await attempt(() => openTokenizer(snapshot, tokenizerSettings(id, modules, maxTokens)));
  const { open, opened } = openingWeights(modules, tell, facts);
  const graph = await attempt(() => writeEncoderGraph(snapshot, modules, { open, warn: note }));
  const text = tokenizer && (await attempt(() => tokenizer.difference()));
  const tokens = tokenizer && text !== undefined ? { writtenBy: tokenizer.writtenBy, text } : undefined;
  return {
    architecture:
      transformer === undefined
        ? null
        : architectureFacts(transformer.config, transformer.keys().read, completed?.origins ?? {}, graph?.scopes),
    modules: modules.map(moduleFacts),
    dims: graph?.dims ?? null,
    tokenizer: tokenizer === undefined ? null : await tokenizerFacts(snapshot, tokenizer, attempt),
    adapters: (transformer && adaptersOf(transformer.config)) ?? null,
    versions:
      transformer === undefined
        ? []
        : differencesOfVersions(transformer.config, tokens, opened.get(transformer.folder)?.storedType),
    keys: {
      ...(transformer === undefined ? {} : { [pathIn(transformer.folder, "config.json")]: transformer.keys() }),
      ...tokenizer?.keys(),
    },
  };
}

/** Returns the modules with a Transformer whose config tells which of its keys are looked at. */
function watchConfig(modules: readonly Module[]) {
  const transformer = modules.find((module) => module.type === "Transformer");
  if (transformer === undefined) return { modules };
  const { watched: config, keys } = watchKeys(transformer.config);
  for (const key of tellingKeys) void config[key];
  return {
    modules: modules.map((module) => (module === transformer ? { ...transformer, config } : module)),
    transformer: { ...transformer, keys },
  };
}

/** Tells what the config and weights in a repository's own folder say by themselves, where its modules are refused. */
async function describePlainly(
  snapshot: Snapshot,
  { tell, attempt }: Ledger,
  facts: Map<string, Promise<WeightFacts>>,
): Promise<ArchitectureFacts | null | undefined> {
  return attempt(async () => {
    const config = await readConfig(snapshot);
    if (config === undefined) return null;
    await openingWeights([], tell, facts).open(snapshot, { folder: "" });
    return architectureFacts(config, Object.keys(config), {}, undefined);
  });
}

/** Returns what opens weights for a graph, and remembers them; others stand in for those that are not fetched. */
function openingWeights(
  modules: readonly Module[],
  tell: (error: NotFetched) => void,
  facts: Map<string, Promise<WeightFacts>>,
) {
  const opened = new Map<string, Weights>();
  const open: typeof openModuleWeights = async (snapshot, module, exportable) => {
    try {
      const weights = await openModuleWeights(snapshot, module, exportable);
      opened.set(module.folder, weights);
      if (!facts.has(module.folder)) facts.set(module.folder, weightFacts(module.lora?.base ?? snapshot, weights));
      return weights;
    } catch (error) {
      // A table of vectors has no config that says how large it is.
      if (!(error instanceof NotFetched) || isTable({ modules })) throw error;
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

async function tokenizerFacts(
  snapshot: Snapshot,
  tokenizer: OpenTokenizer,
  attempt: Ledger["attempt"],
): Promise<TokenizerFacts> {
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
    ends: (await attempt(() => tokenizer.ends())) ?? null,
    chatTemplate: used ? "used" : hasTemplate ? "not used" : null,
  };
}
