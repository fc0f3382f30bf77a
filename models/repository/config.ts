import type { z } from "zod";
import { isRecord } from "../../datasets/document.ts";
import { InputError } from "../../datasets/errors.ts";
import { shown, shownJson } from "../../datasets/shown.ts";

/**
 * Checks a config read from a repository.
 * @throws InputError naming each wrong field with its value and what it may be
 */
export function parseConfig<Schema extends z.ZodType>(
  subject: string,
  schema: Schema,
  config: Readonly<Record<string, unknown>>,
): z.infer<Schema> {
  // Compiling a schema takes longer than using it once.
  const parsed = schema.safeParse(config, { jitless: true });
  if (parsed.success) return parsed.data;
  throw new InputError(`model: the ${subject} config is not understood: ${describeFaults(parsed.error, config)}`);
}

/** Families by the class of published Python code, which is not run: its work is done here. */
const familiesByClass: Readonly<Record<string, string>> = {
  "jinaai/xlm-roberta-flash-implementation--modeling_lora.XLMRobertaLoRA": "jina_embeddings_v3",
  "modeling_jina_embeddings_v5.JinaEmbeddingsV5Model": "jina_embeddings_v5",
  "jinaai/jina-embeddings-v5-text-nano--modeling_jina_embeddings_v5.JinaEmbeddingsV5Model": "jina_embeddings_v5",
  "jinaai/jina-embeddings-v5-text-small--modeling_jina_embeddings_v5.JinaEmbeddingsV5Model": "jina_embeddings_v5",
};

/** Returns the class that a config names for the model, of Python code that a repository brings. */
export function ownClassOf({ auto_map: map }: Readonly<Record<string, unknown>>): unknown {
  return isRecord(map) ? map["AutoModel"] : undefined;
}

/** Tells whether a config's code is known, so that nothing is left out by not running it. */
export const isKnownClass = (code: unknown): boolean =>
  typeof code === "string" && Object.hasOwn(familiesByClass, code);

/**
 * Returns the `model_type` by which a config's family is known here: Jina's BERT v2 calls itself BERT, and its embeddings
 * v3 XLM-RoBERTa.
 */
export function familyTypeOf(config: Readonly<Record<string, unknown>>): string {
  const { model_type: type, position_embedding_type: positions } = config;
  const code = ownClassOf(config);
  if (isKnownClass(code)) return familiesByClass[String(code)];
  return type === "bert" && positions === "alibi" ? "jina_bert_v2" : String(type);
}

/** Characters of a wrong value, and wrong fields, that a message shows. */
const shownLength = 80;
const shownFaults = 10;

/** Describes each field that is wrong, with its value and what it may be. */
export function describeFaults({ issues }: z.ZodError, config: Readonly<Record<string, unknown>>): string {
  const more = issues.length - shownFaults;
  const faults = issues.slice(0, shownFaults).map((issue) => {
    const place = shown(issue.path.join("."));
    if (issue.code === "unrecognized_keys") {
      return `${[...(place === "" ? [] : [place]), shown(issue.keys.join(", "))].join(".")} is not known`;
    }
    const inside = (at: unknown, key: PropertyKey) => (at as Record<PropertyKey, unknown> | undefined)?.[key];
    const value = issue.path.reduce(inside, config);
    return `${place} is ${value === undefined ? "missing" : shownJson(value, shownLength)} (${shown(issue.message, 300)})`;
  });
  return [...faults, ...(more > 0 ? [`and ${more} more`] : [])].join("; ");
}
