import type { z } from "zod";
import { flagOf } from "../../datasets/shown.ts";
import type { Zod } from "../../tasks/types/record.ts";
import type { CommandDefinition, OptionDefinition } from "../definitions/definition.ts";

type Options = CommandDefinition["options"];

/** Options that are no part of a file: they choose it, or what is done in place of a run. Models are `models` there. */
const notInFile = ["config", "dryRun", "explain", "model", "queryModel", "documentModel"];
/** Options that a model of a file may have for itself. */
export const ofModel = [
  ...["name", "revision", "fusion", "weights", "kind", "precision", "onnx", "modelConfig", "maxTokens"],
  ...["dimensions", "quantize"],
];
/** Options that only a model has. */
const onlyOfModel = ["name", "revision", "fusion", "weights"];
/** Those that name the model. */
const naming = ["model", "queryModel", "documentModel"];

/** Returns the field of a file for an option: the name of its flag. */
export const fieldOf = (key: string): string => flagOf(key).slice(2);

/** Returns the schema of an option's value in a file. */
function valueSchema(library: Zod, option: OptionDefinition): z.ZodType {
  const { value, values, takes, many, description } = option;
  const text = library.string().min(1);
  const plain = library.union([text, library.number(), library.boolean()]);
  const several = library.union([text, library.array(plain).min(1)]);
  const schema =
    takes?.kind === "number"
      ? library.number()
      : takes?.kind === "name"
        ? library.enum(takes.names as [string, ...string[]])
        : many === "pairs"
          ? library.record(library.string(), library.union([plain, library.null()]))
          : values !== undefined || many !== undefined
            ? several
            : value === undefined
              ? library.boolean()
              : library.union([text, library.number()]);
  return schema.describe(description);
}

const fieldsOf = (library: Zod, options: Options, keys: readonly string[]): Record<string, z.ZodType> =>
  Object.fromEntries(
    keys.flatMap((key) => {
      const option = options[key];
      return option === undefined ? [] : [[fieldOf(key), valueSchema(library, option).optional()]];
    }),
  );

/** Keys of the options that a file may give to all models. */
export const sharedKeys = (options: Options): readonly string[] =>
  Object.keys(options).filter((key) => !notInFile.includes(key) && !onlyOfModel.includes(key));

/** Returns the schema of a file of options, made of the options' own definitions. */
export function configSchema(library: Zod, options: Options) {
  const model = library.strictObject(fieldsOf(library, options, [...naming, ...ofModel]));
  return library
    .strictObject({
      models: library
        .array(library.union([library.string().min(1), model]))
        .min(1)
        .optional()
        .describe("models that run one after the other: names, or maps with options of their own"),
      ...fieldsOf(library, options, sharedKeys(options)),
    })
    .describe("Options of pramana run; see docs/config.md.");
}

/** Returns the JSON schema of the file, for editors. */
export function configJsonSchema(
  library: Zod & Pick<typeof z, "toJSONSchema">,
  options: Options,
): Readonly<Record<string, unknown>> {
  const { $schema: _, ...json } = library.toJSONSchema(configSchema(library, options), {
    io: "input",
    target: "draft-7",
  });
  return { $schema: "http://json-schema.org/draft-07/schema#", title: "pramana.yaml", ...json };
}
