import type { Encoder, EncoderInfo } from "./encoder.ts";
import type { LexicalModel } from "./lexical/lexical-model.ts";

/** A model of whatever kind, told apart by `kind`. */
export type Model = Encoder | LexicalModel;

/** A task may ask for the vectors of texts, or for documents ranked for queries by whatever means. */
export type Capability = "vectors" | "ranking";

/** Facts that all models of a kind share. */
interface KindFacts {
  readonly gives: readonly Capability[];
  /** Says, in a message, how it works and what it lacks. */
  readonly does: string;
  /** The entries of `model_type` in mteb's `model_meta.json`, which takes none for a dense model. */
  readonly metaTypes: readonly string[];
}

/** The kinds of models. */
export const modelKinds = {
  vectors: { gives: ["vectors", "ranking"], does: "makes vectors", metaTypes: [] },
  lexical: { gives: ["ranking"], does: "ranks documents by their words and makes no vectors", metaTypes: ["sparse"] },
} as const satisfies Readonly<Record<Model["kind"], KindFacts>>;

type FactsOf<Each extends Model> = Each extends Model ? Pick<Each, "kind" | "info"> : never;

/** What is known of a model without asking anything of it. */
export type ModelFacts = FactsOf<Model>;

/** Facts about the vectors of a model; nothing where it makes none. */
export const vectorsOf = (model: ModelFacts): EncoderInfo | undefined =>
  model.kind === "vectors" ? model.info : undefined;
