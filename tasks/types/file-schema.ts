import type { z } from "zod";
import { taskTypes } from "./index.ts";
import type { Zod } from "./record.ts";
import { benchmarkSchema, taskSchema } from "./schema.ts";

type Json = Readonly<Record<string, unknown>>;

/** Settings that tell the variants of the types apart. */
const variants = [undefined, { legacy: true }, { multilabel: true }, { arrangements: true }];

/**
 * Returns the JSON schema of task files, made of the schemas that check them, for editors. It cannot say all that is
 * checked: which fields exclude each other, and which names are taken.
 */
export function taskFileSchema(library: Zod & Pick<typeof z, "toJSONSchema">): Json {
  const jsonOf = (schema: z.ZodType): Json => {
    const { $schema: _, ...json } = library.toJSONSchema(schema, { io: "input", target: "draft-7" });
    return json;
  };
  const all = Object.values(taskTypes).flatMap((type) =>
    distinct(variants.map((given) => jsonOf(taskSchema(library, type, given)))),
  );
  const { tasks, fields } = hoisted(all);
  const task = { $ref: "#/definitions/task" };
  const list = { type: "array", items: task, minItems: 1 };
  const file = {
    type: "object",
    properties: {
      $schema: { description: "Where this schema lies, for editors.", type: "string" },
      tasks: { anyOf: [task, list] },
      benchmarks: { type: "array", items: { $ref: "#/definitions/benchmark" }, minItems: 1 },
    },
    anyOf: [{ required: ["tasks"] }, { required: ["benchmarks"] }],
    additionalProperties: false,
  };
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Task file of Pramana",
    description: "One task, a list of tasks, or tasks and benchmarks; see docs/custom-tasks.md.",
    anyOf: [task, list, file],
    definitions: { task: { anyOf: tasks }, benchmark: jsonOf(benchmarkSchema(library)), ...fields },
  };
}

function distinct(schemas: readonly Json[]): readonly Json[] {
  return [...new Set(schemas.map((schema) => JSON.stringify(schema)))].map((text): Json => JSON.parse(text));
}

/** Takes the fields that all tasks have in the same form out of them, so that each stands once; `$schema` is no name. */
function hoisted(tasks: readonly Json[]): { readonly tasks: readonly Json[]; readonly fields: Json } {
  const [first, ...others] = tasks.map((task) => task["properties"] as Json);
  const isCommon = ([name, field]: [string, unknown]): boolean =>
    !name.startsWith("$") && others.every((properties) => JSON.stringify(properties[name]) === JSON.stringify(field));
  const fields = Object.fromEntries(Object.entries(first ?? {}).filter(isCommon));
  const references = Object.fromEntries(Object.keys(fields).map((name) => [name, { $ref: `#/definitions/${name}` }]));
  return {
    tasks: tasks.map((task) => ({ ...task, properties: { ...(task["properties"] as Json), ...references } })),
    fields,
  };
}
