import { InputError } from "../../datasets/errors.ts";
import { didYouMean } from "../../datasets/suggest.ts";

/** Default seed of the bootstrap. */
export const defaultSeed = 42;

/** The settings that two results of a task must share for their difference to be the models' alone. */
export const distinctions = ["dataset", "protocol", "precision", "prompts", "estimator", "vectors"] as const;

/** `protocol` is the version of mteb that is followed, `vectors` the type that vectors are quantized to. */
export type Distinction = (typeof distinctions)[number];

/** @throws InputError for an unknown name, with the nearest one */
export function parseDistinction(text: string): Distinction {
  const found = distinctions.find((one) => one === text);
  if (found !== undefined) return found;
  throw new InputError(
    `"${text}" is nothing that may differ${didYouMean(text, distinctions)}; expected some of ${distinctions.join(", ")}`,
  );
}
