import { InputError, messageOf } from "../../datasets/errors.ts";
import { providers } from "./providers/index.ts";

/**
 * Messages that say that memory is used up: those of ONNX Runtime's arena on any device, of the C++ library, of JavaScript
 * where a result is copied, and those that the providers name.
 */
const messages: readonly RegExp[] = [
  /Failed to allocate memory for requested buffer of size/,
  /Available memory of \d+ is smaller than requested bytes/,
  /bad[_ ]alloc/,
  /Array buffer allocation failed/,
  ...Object.values(providers).flatMap(({ outOfMemory }) => outOfMemory),
];

/** Whether a run failed for lack of memory, which a smaller batch may mend. */
export function isOutOfMemory(error: unknown): boolean {
  const text = messageOf(error);
  return messages.some((message) => message.test(text));
}

/** A batch's vectors, [members, dims], given the members' places. */
export type EncodeMembers = (members: readonly number[]) => Promise<Float32Array>;

/** Encodes a batch, given a way to encode and a way to tell the tokens of the longest of some members. */
export type EncodeBatch = (
  members: readonly number[],
  widthOf: (members: readonly number[]) => number,
  encode: EncodeMembers,
) => Promise<Float32Array>;

/**
 * For one session: encodes a batch; where memory does not suffice, its halves, down to single texts. What failed once is
 * not tried again: later batches of as many places (texts × longest text) are halved at once. The function throws
 * `InputError` with the length of a text that does not fit on its own.
 */
export function halvingEncoder(): EncodeBatch {
  let tooMany = Number.POSITIVE_INFINITY;
  const encodeBatch: EncodeBatch = async (members, widthOf, encode) => {
    const places = members.length * widthOf(members);
    if (places < tooMany || members.length === 1) {
      try {
        return await encode(members);
      } catch (error) {
        if (!isOutOfMemory(error)) throw error;
        if (members.length === 1) throw tooLong(places, error);
        // A batch that was sent before a smaller one failed may fail after it.
        tooMany = Math.min(tooMany, places);
      }
    }
    const middle = Math.ceil(members.length / 2);
    const first = await encodeBatch(members.slice(0, middle), widthOf, encode);
    const second = await encodeBatch(members.slice(middle), widthOf, encode);
    return joined(first, second);
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

function joined(first: Float32Array, second: Float32Array): Float32Array {
  const all = new Float32Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  return all;
}
