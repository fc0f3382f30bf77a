import { InputError } from "../datasets/errors.ts";
import { didYouMean } from "../datasets/suggest.ts";
import type { EncoderInfo } from "./encoder.ts";
import { chooserOf } from "./prompts/prompting.ts";

/** Names the option by which tasks choose among adapters, as far as that is published of a model with the same ones. */
export const choosing = (names: readonly string[]): string =>
  `--prompts ${chooserOf(names) ?? "MODEL of which it is published"}`;

/**
 * Returns the number of a model's adapter by its name; undefined where none is named.
 * @throws InputError for a name that the model does not know, or where it has to be given one
 */
export function adapterNumber(
  { id, adapters }: Pick<EncoderInfo, "id" | "adapters">,
  name?: string,
): number | undefined {
  const { names = [], required = false } = adapters ?? {};
  if (name === undefined && !required) return undefined;
  const number = name === undefined ? -1 : names.indexOf(name);
  if (number >= 0) return number;
  const there = names.length > 0 ? `it has ${names.join(", ")}` : "it has no adapters";
  throw new InputError(
    name === undefined
      ? `encode: ${id} encodes no text without an adapter, and none was named; ${there}; \`pramana embed\` takes --adapter NAME, and \`pramana run\` ${choosing(names)}`
      : `encode: ${id} has no adapter named ${name}${didYouMean(name, names)}; ${there}`,
  );
}
