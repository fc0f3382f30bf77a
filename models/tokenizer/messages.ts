import { InputError } from "../../datasets/errors.ts";
import { remembering } from "../../datasets/remembering.ts";
import type { ChatTemplate } from "./chat-template.ts";
import type { Encoded, TextInput } from "./library.ts";

type Ids = Pick<Encoded, "ids">;
type Encode = (texts: readonly string[]) => Promise<readonly Ids[]>;

interface MessageSettings {
  readonly template: ChatTemplate;
  /** Encodes rendered texts, cut to `maxTokens`. */
  readonly encode: Encode;
  /** Encodes rendered texts whole. */
  readonly encodeWhole: Encode;
  readonly maxTokens: number;
}

/** Texts that have no last token in common. */
export const fillers: readonly string[] = ["0", "1 2 3 4"];

/** Pairs of which the second and the third differ from the first in the query, and in the document. */
const probes: readonly TextInput[] = [
  ["0", "0"],
  ["1 2 3 4", "0"],
  ["0", "1 2 3 4"],
];

/** @throws InputError where a template leaves out a text of a pair, as those do that know no such roles */
async function checkRoles(template: ChatTemplate): Promise<void> {
  const [base, ...others] = await template.render(probes, "");
  const lost = ["query", "document"].filter((_, i) => others[i] === base);
  if (lost.length === 0) return;
  throw new InputError(
    `its chat template leaves out the ${lost.join(" and the ")} of a pair; expected one that writes the messages of the roles query and document`,
  );
}

/**
 * Makes the function that encodes texts, or pairs, as messages, a prompt before them as the system's. The tokens that the
 * template puts behind each input stand at the end of a text that is cut, too (sentence-transformers 6.2,
 * `Transformer._restore_chat_template_suffix`).
 */
export function openMessages({
  template,
  encode,
  encodeWhole,
  maxTokens,
}: MessageSettings): (inputs: readonly TextInput[], prompt: string) => Promise<Ids[]> {
  const suffixOf = async (prompt: string, isPair: boolean): Promise<Int32Array> => {
    const inputs = isPair ? fillers.map((text): TextInput => [text, text]) : fillers;
    const [first, second] = (await encodeWhole(await template.render(inputs, prompt))).map(({ ids }) => ids);
    const shorter = Math.min(first.length, second.length);
    let length = 0;
    while (length < shorter && first.at(-1 - length) === second.at(-1 - length)) length++;
    // A template that leaves the text out has no end.
    return length === shorter ? new Int32Array() : first.slice(first.length - length);
  };
  const ofTexts = remembering((prompt: string) => suffixOf(prompt, false));
  const ofPairs = remembering((prompt: string) => suffixOf(prompt, true));
  let checked: Promise<void> | undefined;
  return async (inputs, prompt) => {
    const isPair = inputs.some((input) => typeof input !== "string");
    if (isPair) {
      checked ??= checkRoles(template);
      await checked;
    }
    const tokens = await encode(await template.render(inputs, prompt));
    if (tokens.every(({ ids }) => ids.length < maxTokens)) return [...tokens];
    const suffix = await (isPair ? ofPairs : ofTexts)(prompt);
    return tokens.map(({ ids }) => ({ ids: ids.length < maxTokens ? ids : endingIn(ids, suffix) }));
  };
}

/** Puts the end of a suffix in place of the last ids. */
function endingIn(ids: Int32Array, suffix: Int32Array): Int32Array {
  const kept = Math.min(ids.length, suffix.length);
  const ended = ids.slice();
  ended.set(suffix.slice(suffix.length - kept), ids.length - kept);
  return ended;
}
