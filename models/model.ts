import type { EncoderInfo } from "./encoder.ts";
import type { Hybrid, Part } from "./hybrid.ts";
import type { Prompting } from "./prompts/prompts.ts";

/** A model of any kind; `kind` tells them apart. */
export type Model = Part | Hybrid;

/** A service that a task may need: vectors of texts, or documents ranked for queries by any means. */
export type Capability = "vectors" | "ranking";

/** Facts that all models of a kind share. */
interface KindFacts {
  readonly gives: readonly Capability[];
  /** What tables call the kind. */
  readonly name: string;
  /** Words of a message on the way a model of this kind works, and on what it lacks. */
  readonly does: string;
  /** Entries of `model_type` in mteb's `model_meta.json`, none for a dense model. */
  readonly metaTypes: readonly string[];
}

export const modelKinds = {
  vectors: { gives: ["vectors", "ranking"], name: "dense", does: "makes vectors", metaTypes: [] },
  lexical: {
    gives: ["ranking"],
    name: "lexical",
    does: "ranks documents by their words and makes no vectors",
    metaTypes: ["sparse"],
  },
  "cross-encoder": {
    gives: ["ranking"],
    name: "cross-encoder",
    does: "scores pairs of a query and a document and makes no vectors",
    metaTypes: ["cross-encoder"],
  },
  sparse: {
    gives: ["ranking"],
    name: "sparse",
    does: "makes sparse vectors, by which documents are ranked, and no dense vectors",
    metaTypes: ["sparse"],
  },
  "late-interaction": {
    gives: ["ranking"],
    name: "late-interaction",
    does: "makes a vector of each token and none of a text",
    metaTypes: ["late-interaction"],
  },
  hybrid: {
    gives: ["ranking"],
    name: "hybrid",
    does: "fuses rankings of documents and makes no vectors",
    metaTypes: ["hybrid"],
  },
} as const satisfies Readonly<Record<Model["kind"], KindFacts>>;

type FactsOf<Each extends Model> = Each extends Model ? Pick<Each, "kind" | "info"> : never;

/** Facts about a model of any kind, without its methods. */
export type ModelFacts = FactsOf<Model>;

/** Returns the facts about a model that makes something of each text by itself; undefined for others. */
export const encoderOf = (model: ModelFacts): EncoderInfo | undefined =>
  model.kind === "vectors" || model.kind === "sparse" ? model.info : undefined;

/** Returns the facts that decide on the prompts that a task gives a model; undefined where it gives none. */
export const promptingOf = (model: ModelFacts): Prompting | undefined =>
  model.kind === "late-interaction" ? model.info : encoderOf(model);

/** Returns the facts about a model's dense vectors; undefined where it makes none. */
export const vectorsOf = (model: ModelFacts): EncoderInfo | undefined =>
  model.kind === "vectors" ? model.info : undefined;
