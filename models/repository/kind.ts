import { basename } from "node:path";
import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import type { Snapshot } from "../../datasets/hub.ts";
import { shownJson } from "../../datasets/shown.ts";
import { adapterFile, jsonReader, modulesFile } from "./json-reader.ts";

/** Kinds of repositories, by mteb's words for them (`model_type` in its `model_meta.json`). */
export const repositoryKinds = ["dense", "cross-encoder", "sparse", "late-interaction"] as const;

export type RepositoryKind = (typeof repositoryKinds)[number];

/** A repository's kind, and the sign by which it was told. */
export interface ToldKind {
  readonly kind: RepositoryKind;
  readonly toldBy: string;
}

/** File of what holds for a model as a whole. */
export const settingsFile = "config_sentence_transformers.json";

/** Kinds by the class that sentence-transformers, or PyLate, writes as `model_type`. */
const byModelType: Readonly<Record<string, RepositoryKind>> = {
  SentenceTransformer: "dense",
  CrossEncoder: "cross-encoder",
  SparseEncoder: "sparse",
  MultiVectorEncoder: "late-interaction",
  ColBERT: "late-interaction",
};

/** Kinds by the package of a module's class, where only one kind has it. */
const byPackage: readonly (readonly [RegExp, RepositoryKind])[] = [
  [/^sentence_transformers\.cross_encoder\./, "cross-encoder"],
  [/^sentence_transformers\.sparse_encoder\./, "sparse"],
  [/^(sentence_transformers\.multi_vector_encoder|pylate)\./, "late-interaction"],
];

/** What PEFT writes as `task_type` of an adapter that was trained with a head of labels. */
const labelTask = "SEQ_CLS";

/** Class of ColBERT's own repositories. */
const stanford = "HF_ColBERT";

/**
 * Tells the kind of a repository by its config files, as mteb 2.26 does (`ModelMeta._resolve_loader`), and by the signs
 * of older layouts.
 * @param chosen The kind that the user says it is.
 * @throws InputError saying what was looked at, where the signs are unknown or contradict each other
 */
export async function tellKind(snapshot: Snapshot, chosen?: RepositoryKind): Promise<ToldKind> {
  if (chosen !== undefined) return { kind: chosen, toldBy: "--kind" };
  const read = jsonReader(snapshot);
  const settings = (await read(settingsFile)) ?? {};
  const { model_type: type } = settings;
  if (typeof type === "string" && Object.hasOwn(byModelType, type)) {
    return { kind: byModelType[type], toldBy: `model_type of ${settingsFile}, ${type}` };
  }
  if (type !== undefined && type !== null) {
    const known = Object.keys(byModelType).join(", ");
    throw untold(snapshot, `model_type of ${settingsFile} is ${shownJson(type, 80)}; expected one of ${known}`);
  }
  const classes = classesIn(await read(modulesFile));
  const config = (await read("config.json")) ?? {};
  if (classes !== undefined) return byModules(snapshot, classes, settings, config);
  const told = byArchitecture(snapshot, config);
  const adapter = told.kind === "dense" ? ((await read(adapterFile)) ?? {}) : {};
  if (adapter["task_type"] !== labelTask) return told;
  throw untold(
    snapshot,
    `task_type of ${adapterFile} is ${labelTask}, as of a head of labels, which may rank (cross-encoder) or not be wanted (dense)`,
  );
}

function untold({ id }: Snapshot, seen: string): InputError {
  return new InputError(
    `model: ${id} is of a kind that cannot be told: ${seen}; --kind says which (${repositoryKinds.join(", ")})`,
  );
}

/** Lists the classes of a model's modules; undefined where none are listed. */
const classesIn = (listed: unknown): readonly string[] | undefined =>
  Array.isArray(listed) ? listed.map((module) => (isRecord(module) ? String(module["type"]) : "")) : undefined;

type Json = Readonly<Record<string, unknown>>;

/** Classes that a config names for the model. */
const architecturesOf = ({ architectures }: Json): readonly string[] =>
  Array.isArray(architectures) ? architectures.map(String) : [];

function byModules(snapshot: Snapshot, classes: readonly string[], settings: Json, config: Json): ToldKind {
  const told = classes.flatMap((name) =>
    byPackage.flatMap(([pattern, kind]) => (pattern.test(name) ? [{ kind, name }] : [])),
  );
  const [first] = told;
  const other = told.find(({ kind }) => kind !== first?.kind);
  if (other !== undefined) {
    throw untold(snapshot, `${modulesFile} names ${first?.name} (${first?.kind}) and ${other.name} (${other.kind})`);
  }
  if (first !== undefined) return { kind: first.kind, toldBy: `${modulesFile}, ${first.name}` };
  // Older versions wrote no model_type.
  const prefix = ["query_prefix", "document_prefix"].find((key) => Object.hasOwn(settings, key));
  if (prefix !== undefined) return { kind: "late-interaction", toldBy: `${prefix} of ${settingsFile}` };
  if (architecturesOf(config).includes(stanford)) {
    return { kind: "late-interaction", toldBy: `architectures of config.json, ${stanford}` };
  }
  return { kind: "dense", toldBy: `${modulesFile}, which names no other kind` };
}

function byArchitecture({ id, revision }: Snapshot, config: Json): ToldKind {
  const names = architecturesOf(config);
  const ending = (suffix: string): string | undefined => names.find((name) => name.endsWith(suffix));
  const classifier = ending("ForSequenceClassification");
  if (classifier !== undefined) return { kind: "cross-encoder", toldBy: `architectures of config.json, ${classifier}` };
  if (names.includes(stanford)) {
    return { kind: "late-interaction", toldBy: `architectures of config.json, ${stanford}` };
  }
  const causal = ending("ForCausalLM");
  // What a folder lies in says nothing.
  const name = (revision === "local" ? basename(id) : id).toLowerCase();
  const sign =
    Number(config["num_labels"] ?? 0) > 0
      ? "num_labels"
      : ["rerank", "cross-encoder"].find((word) => name.includes(word) && causal);
  if (causal !== undefined && sign !== undefined) {
    return { kind: "cross-encoder", toldBy: `architectures of config.json, ${causal}, and ${sign}` };
  }
  return {
    kind: "dense",
    toldBy: `config.json, which names no other kind (${names.join(", ") || "no architectures"})`,
  };
}
