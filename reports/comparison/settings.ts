import { InputError } from "../../datasets/errors.ts";
import { didYouMean } from "../../datasets/suggest.ts";

/** What the draws of a comparison begin with, where nothing else is said. */
export const defaultSeed = 42;

/** What two results of a task must have in common for their difference to be the models' alone. */
export const distinctions = ["dataset", "protocol", "precision", "prompts", "estimator", "vectors"] as const;

/** `protocol`: the version of mteb that is followed; `vectors`: what vectors are quantized to. */
export type Distinction = (typeof distinctions)[number];

/** @throws InputError for what is none, with the nearest one */
export function parseDistinction(text: string): Distinction {
  const found = distinctions.find((one) => one === text);
  if (found !== undefined) return found;
  throw new InputError(
    `"${text}" is nothing that may differ${didYouMean(text, distinctions)}; expected some of ${distinctions.join(", ")}`,
  );
}
