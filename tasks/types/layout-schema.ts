import type { Zod } from "./record.ts";

/** Returns the fields of steps that say where the parts of a retrieval task lie, by the step's name. */
export function layoutFields(z: Zod) {
  const text = z.string().min(1, "expected a text that is not empty");
  const prefix = z.string();
  const ids = z.union(
    [
      text,
      z.strictObject({ scheme: z.literal("column"), column: text, prefix }),
      z.strictObject({ scheme: z.literal("row"), start: z.int().nonnegative(), prefix: prefix.exactOptional() }),
    ],
    { error: "expected a column, or an object with scheme column or row" },
  );
  const name = text.refine((value) => !/\{(?!(?:subset|second|split|number|name)\})/.test(value), {
    error: "expected a name, in which {subset}, {second}, {split}, {number} and {name} may stand",
  });
  const at = {
    config: name,
    split: name,
    where: z.strictObject({ column: text, equals: name }).exactOptional(),
    repository: text.exactOptional(),
  };
  const above = z.strictObject({
    scheme: z.literal("above"),
    column: text,
    above: z.number(),
    where: z.strictObject({ column: text, equals: text }).exactOptional(),
  });
  const lists = { ...at, query: ids, documents: text };
  return {
    linkedPairs: { query: text, document: text, link: text },
    retrievalLayout: {
      corpus: z.strictObject({
        ...at,
        id: ids,
        text,
        title: text.exactOptional(),
        mergeCopies: z.boolean().exactOptional(),
      }),
      queries: z.strictObject({ ...at, id: ids, text }),
      qrels: z
        .strictObject({
          ...at,
          query: ids,
          document: ids.exactOptional(),
          documents: ids.exactOptional(),
          score: z.union([text, z.int(), z.strictObject({ scheme: z.literal("place") }), above], {
            error: "expected a column, a whole number, or an object with scheme place or above",
          }),
          lastPerQuery: z.boolean().exactOptional(),
        })
        .refine(({ document, documents }) => (document === undefined) !== (documents === undefined), {
          error: "expected document or documents",
        }),
      topRanked: z.strictObject(lists).exactOptional(),
      instructions: z.strictObject({ ...at, query: ids, text }).exactOptional(),
      changed: z.strictObject(lists).exactOptional(),
      excluded: z.strictObject({ ...lists, none: z.array(z.string()) }).exactOptional(),
    },
    pairs: pairFields(z),
  };
}

/** The fields of the step that makes each row a query and its documents. */
function pairFields(z: Zod) {
  const text = z.string().min(1, "expected a text that is not empty");
  const prefix = z.string().exactOptional();
  const ids = z.discriminatedUnion("scheme", [
    z.strictObject({ scheme: z.literal("row"), start: z.int().nonnegative(), prefix }),
    z.strictObject({ scheme: z.literal("column"), column: text, prefix, lastOfText: z.boolean().exactOptional() }),
    z.strictObject({ scheme: z.literal("firstSeen"), prefix, shared: z.boolean().exactOptional() }),
    z.strictObject({ scheme: z.literal("sharedCounter") }),
    z.strictObject({ scheme: z.literal("sha256") }),
  ]);
  const place = z.int().positive();
  return {
    query: text,
    documents: z.array(text).min(1, "expected one column or more"),
    queryId: ids,
    documentId: z.discriminatedUnion("scheme", [
      ...ids.options,
      z.strictObject({ scheme: z.literal("ofQuery"), suffix: z.string() }),
    ]),
    title: text.exactOptional(),
    score: text.exactOptional(),
    relevant: z
      .union([place, z.record(text, place)], { error: "expected a place from 1, or an object of places by subset" })
      .exactOptional(),
    copies: z.boolean().exactOptional(),
    candidates: z.boolean().exactOptional(),
    skipMissing: z.boolean().exactOptional(),
    acrossSplits: z.boolean().exactOptional(),
  };
}
