import { didYouMean } from "../../../datasets/suggest.ts";
import { automatic, type DeviceChoice, providers, unknownDevice } from "./index.ts";

/** All that the user may write without a number. */
const words: readonly string[] = [...Object.keys(providers), automatic];

/** Reads the user's word: `cpu`, `cuda`, `cuda:1`, `auto`. Throws `InputError` for anything else, with the nearest. */
export function parseDevice(text: string): DeviceChoice {
  if (text === automatic) return automatic;
  for (const { parse } of Object.values(providers)) {
    const choice = parse(text);
    if (choice !== undefined) return choice;
  }
  throw unknownDevice(text, didYouMean(text, words));
}
