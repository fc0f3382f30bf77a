import { remembering } from "../../datasets/remembering.ts";
import type { ChatTemplate } from "./chat-template.ts";
import type { Encoded } from "./library.ts";

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

/**
 * Makes the function that encodes texts as messages, a prompt before them as the system's. The tokens that the template
 * puts behind each text stand at the end of a text that is cut, too (sentence-transformers 6.2,
 * `Transformer._restore_chat_template_suffix`).
 */
export function openMessages({
  template,
  encode,
  encodeWhole,
  maxTokens,
}: MessageSettings): (texts: readonly string[], prompt: string) => Promise<Ids[]> {
  const suffixOf = remembering(async (prompt: string): Promise<Int32Array> => {
    const [first, second] = (await encodeWhole(await template.render(fillers, prompt))).map(({ ids }) => ids);
    const shorter = Math.min(first.length, second.length);
    let length = 0;
    while (length < shorter && first.at(-1 - length) === second.at(-1 - length)) length++;
    // A template that leaves the text out has no end.
    return length === shorter ? new Int32Array() : first.slice(first.length - length);
  });
  return async (texts, prompt) => {
    const tokens = await encode(await template.render(texts, prompt));
    if (tokens.every(({ ids }) => ids.length < maxTokens)) return [...tokens];
    const suffix = await suffixOf(prompt);
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
