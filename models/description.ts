import type { EncoderInfo, Similarity, TaskAdapters } from "./encoder.ts";
import type { AttentionScope } from "./graph/attention.ts";
import type { TokenSimilarity } from "./late-interaction.ts";
import type { KeysRead } from "./repository/keys-read.ts";
import type { RepositoryKind } from "./repository/kind.ts";
import type { ConfigOrigin } from "./repository/known-configs.ts";
import type { LateInteractionSpec } from "./repository/late-interaction.ts";
import type { Head, VocabularyHead } from "./repository/module.ts";
import type { Module } from "./repository/repository.ts";
import type { TextKind } from "./repository/router.ts";
import type { WeightSource, Weights } from "./repository/weights.ts";
import type { Ends } from "./tokenizer/ends.ts";
import type { OpenTokenizer } from "./tokenizer/tokenizer.ts";

/** What texts go through. */
export interface RowFacts {
  /** Of the Transformer; null for static embeddings. */
  readonly architecture: ArchitectureFacts | null;
  /** In their order, each with its settings. */
  readonly modules: readonly ModuleFacts[];
  /** Length of a vector. */
  readonly dims: number | null;
  readonly tokenizer: TokenizerFacts | null;
  /** Adapters of which a call names one; null where there are none. */
  readonly adapters: TaskAdapters | null;
  /** In what the versions of transformers differ for it (`differencesOfVersions`). */
  readonly versions: readonly string[];
}

interface RouteFacts extends RowFacts {
  readonly name: string;
  /** The texts that go through it. */
  readonly texts: readonly TextKind[];
}

/** What a repository runs as. What could not be told is null, or is missing in a list. */
export interface ModelDescription extends RowFacts {
  readonly id: string;
  /** Commit; `local` for a folder. */
  readonly revision: string;
  /** Why it is not run; empty where it is, as far as can be seen. */
  readonly refused: readonly string[];
  /** What is assumed or left out: the lines that a run writes to standard error. */
  readonly notes: readonly string[];
  /** Files that were not there to be looked at. */
  readonly unseen: readonly string[];
  readonly weights: readonly WeightFacts[];
  /** For a model with a Router: what texts go through by their role, the first as the model itself; else empty. */
  readonly routes: readonly RouteFacts[];
  /** The kind of the model, and the sign by which it was told. */
  readonly kind: RepositoryKind | null;
  readonly toldBy: string | null;
  readonly similarity: Similarity | TokenSimilarity | null;
  /** Of a sparse encoder: most values of a vector that are not 0; null where there is no limit. */
  readonly maxActive: number | null;
  /** Of a cross-encoder: the names of its scores, and what is made of their logits. */
  readonly scores: { readonly labels: readonly string[]; readonly activation: string } | null;
  /** Of a model of late interaction: what is made of the tokens of queries and documents. */
  readonly interaction: Pick<LateInteractionSpec, "queryLimit" | "documentLimit" | "expansion" | "mask"> | null;
  readonly prompting: Pick<EncoderInfo, "prompts" | "defaultPromptName" | "instruct" | "promptSource"> | null;
  /** Keys of each config file that was read. */
  readonly keys: Readonly<Record<string, KeysRead>>;
}

export interface ArchitectureFacts {
  readonly modelType: string;
  /** Classes that `config.json` names. */
  readonly classes: readonly string[];
  readonly layers: number | null;
  /** Length of a token's vector. */
  readonly hidden: number | null;
  readonly attention: {
    /** What a token sees of its text: all of it, or only what stands before it. */
    readonly sees: "both ways" | "only back";
    /** Windows of some layers, in which only tokens at a smaller distance are seen. */
    readonly windows: readonly number[];
    /** Key and value that decide it, and who gives them. */
    readonly by: string;
  } | null;
}

export interface WeightFacts extends WeightSource, Pick<Weights, "parameters" | "storedType"> {
  /** Of all files together. */
  readonly bytes: number;
}

type ModuleFacts = { readonly type: Module["type"] } & Readonly<Record<string, unknown>>;

export interface TokenizerFacts
  extends Pick<OpenTokenizer, "className" | "writtenBy" | "truncationSide" | "maxTokensFrom"> {
  /** Special tokens counted; null where there is no limit. */
  readonly maxTokens: number | null;
  /** What is put before and after each text; null where that cannot be told. */
  readonly ends: Ends | null;
  /** Whether texts are put into the chat template; null where there is none. */
  readonly chatTemplate: "used" | "not used" | null;
}

type Json = Readonly<Record<string, unknown>>;

/** Keys by which families count their layers, and by which they say how wide they are. */
const layerKeys = ["num_hidden_layers", "n_layers", "n_layer", "num_layers"];
const widthKeys = ["hidden_size", "dim", "d_model", "n_embd"];
/** Keys that say which way attention looks. */
const directionKeys = ["is_causal", "use_bidirectional_attention"];

/**
 * Tells of a Transformer what its family read of its config.
 * @param read Keys that the family looked at.
 * @param origins Who gives the values that are not those of `config.json`.
 * @param scopes What tokens attend to in its graph; undefined where none was written.
 */
export function architectureFacts(
  config: Json,
  read: readonly string[],
  origins: Readonly<Record<string, ConfigOrigin>>,
  scopes: readonly AttentionScope[] | undefined,
): ArchitectureFacts {
  const numberOf = (keys: readonly string[]): number | null => {
    const key = keys.find((one) => read.includes(one) && typeof config[one] === "number");
    return key === undefined ? null : Number(config[key]);
  };
  const { model_type: modelType, architectures: classes } = config;
  const decisive = directionKeys.find((key) => read.includes(key) && typeof config[key] === "boolean") ?? "model_type";
  const attention = scopes && {
    sees: scopes.some(({ causal }) => causal) ? ("only back" as const) : ("both ways" as const),
    windows: scopes.flatMap(({ window }) => (window === undefined ? [] : [window])),
    by:
      decisive === "model_type" && origins[decisive] === undefined
        ? `as its family does: model_type=${modelType}`
        : `${decisive}=${config[decisive]}, by ${origins[decisive] ?? "config.json"}`,
  };
  return {
    modelType: String(modelType ?? ""),
    classes: Array.isArray(classes) ? classes.map(String) : [],
    layers: numberOf(layerKeys),
    hidden: numberOf(widthKeys),
    attention: attention ?? null,
  };
}

/** Tells a module's settings, but for what stands elsewhere in a description. */
export function moduleFacts(module: Module): ModuleFacts {
  if (module.type !== "Transformer") return { ...module };
  const { config: _, maxTokens: __, maxTokensFrom: ___, pairs: ____, lora, choice, head, ...facts } = module;
  const adapter = lora && { adapter: lora.base === undefined ? lora.folder || "." : `of ${lora.base.id}` };
  const made = head && { head: headFacts(head) };
  return { ...facts, ...made, ...adapter, ...(choice && { adapters: choice.map(({ folder }) => folder) }) };
}

function headFacts(head: Head | VocabularyHead): string {
  switch (head.kind) {
    case "labels":
      return "of labels";
    case "answer":
      return `answers by token ${head.no === null ? head.yes : `${head.yes}, not ${head.no}`}`;
    case "projection":
      return "a shorter vector of each token";
    case "vocabulary":
      return "of the vocabulary";
    default:
      return head satisfies never;
  }
}

/**
 * Joins the keys of all config files: those of modules are all honoured.
 * @param watched Files of which it was seen which keys were looked at; without a key that was put beside the file's.
 */
export function keysOf(
  files: ReadonlyMap<string, readonly string[]>,
  watched: Readonly<Record<string, KeysRead>>,
): Readonly<Record<string, KeysRead>> {
  const honoured = [...files].map(([file, read]): [string, KeysRead] => [file, { read, other: [] }]);
  const seen = Object.entries(watched).map(([file, { read, other }]): [string, KeysRead] => {
    const own = files.get(file);
    return [file, { read: own === undefined ? read : read.filter((key) => own.includes(key)), other }];
  });
  return Object.fromEntries([...honoured, ...seen]);
}
