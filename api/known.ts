import { InputError } from "../datasets/errors.ts";
import { shownJson } from "../datasets/shown.ts";
import { didYouMean } from "../datasets/suggest.ts";

/** Names of all options of a call, held complete by the compiler. */
export type KnownOptions<Options> = { readonly [Key in keyof Options]-?: true };

/**
 * Refuses options that there are not: a caller may be JavaScript, and one that is misspelt would change nothing, in silence.
 * @throws InputError with the nearest name
 */
export function requireKnown<Options>(call: string, given: Options, known: KnownOptions<Options>): void {
  const names = Object.keys(known);
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new InputError(`${call}: ${shownJson(given)} is given; expected an object of options: ${names.join(", ")}`);
  }
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(known, name));
  if (unknown === undefined) return;
  throw new InputError(
    `${call}: there is no option ${shownJson(unknown)}${didYouMean(unknown, names)}; expected ${names.join(", ")}`,
  );
}
