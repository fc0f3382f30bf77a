import type { z } from "zod";
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
  const parsed = schema.safeParse(config);
  if (parsed.success) return parsed.data;
  throw new InputError(`model: the ${subject} config is not understood: ${describeFaults(parsed.error, config)}`);
}

/** Returns the `model_type` by which a config's family is known here: Jina's BERT v2 calls itself BERT. */
export function familyTypeOf(config: Readonly<Record<string, unknown>>): string {
  const { model_type: type, position_embedding_type: positions } = config;
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
