import { InputError, messageOf } from "../../datasets/errors.ts";
import { providers } from "./providers/index.ts";

/**
 * Messages of used-up memory: of ONNX Runtime's arena on any device, of the C++ library, of JavaScript where a result
 * is copied, and those that the providers name.
 */
const messages: readonly RegExp[] = [
  /Failed to allocate memory for requested buffer of size/,
  /Available memory of \d+ is smaller than requested bytes/,
  /bad[_ ]alloc/,
  /Array buffer allocation failed/,
  ...Object.values(providers).flatMap(({ outOfMemory }) => outOfMemory),
];

/** Tells whether a run failed for lack of memory, which a smaller batch may mend. */
export function isOutOfMemory(error: unknown): boolean {
  const text = messageOf(error);
  return messages.some((message) => message.test(text));
}

/**
 * Encodes the texts at the indices `members` and returns a row for each, given the tokens of the longest of some members
 * and a way to encode them in one run.
 */
type EncodeBatch = (
  members: readonly number[],
  widthOf: (members: readonly number[]) => number,
  encode: (members: readonly number[]) => Promise<readonly Float32Array[]>,
) => Promise<readonly Float32Array[]>;

/**
 * Makes the encoder of batches of one session. It encodes a batch; where memory does not suffice, its halves, down to
 * single texts. A size that failed is not tried again: later batches of as many padded tokens (texts × longest text)
 * are halved at once. It throws `InputError` with the length of a text that does not fit on its own.
 */
export function halvingEncoder(): EncodeBatch {
  let tooMany = Number.POSITIVE_INFINITY;
  const encodeBatch: EncodeBatch = async (members, widthOf, encode) => {
    const tokens = members.length * widthOf(members);
    if (tokens < tooMany || members.length === 1) {
      try {
        return await encode(members);
      } catch (error) {
        if (!isOutOfMemory(error)) throw error;
        if (members.length === 1) throw tooLong(tokens, error);
        // A batch that was sent before a smaller one failed may fail after it.
        tooMany = Math.min(tooMany, tokens);
      }
    }
    const middle = Math.ceil(members.length / 2);
    const first = await encodeBatch(members.slice(0, middle), widthOf, encode);
    const second = await encodeBatch(members.slice(middle), widthOf, encode);
    return [...first, ...second];
  };
  return encodeBatch;
}

function tooLong(tokens: number, error: unknown): InputError {
  return new InputError(
    `encode: a text of ${tokens} tokens does not fit into memory on its own; use a device with more memory, or a ` +
      `lower max_seq_length in the model's sentence_bert_config.json (${messageOf(error).trim()})`,
    { cause: error },
  );
}
