import { InputError } from "../../datasets/errors.ts";
import { limits, seeLimits } from "../../datasets/limits.ts";
import { type Cutting, cuttingOf } from "./cutting.ts";
import { sizeOf } from "./groups.ts";
import type { Encoded, Library, TextInput, Truncation } from "./library.ts";
import { openLibrary } from "./open-library.ts";
import { encodeInPieces, UnpartedText } from "./pieces.ts";

/** What of a tokenizer decides on how its long texts are encoded. */
export interface LongTextSettings extends Truncation {
  readonly definition: Readonly<Record<string, unknown>>;
  /** Times that a text may get longer. */
  readonly growth: number;
  readonly specialTokens: boolean;
  /** True where the ids are to be counted. */
  readonly bag: boolean;
}

/** Ids of one text; counted, where they were to be. */
type LongText = Pick<Encoded, "ids"> & { readonly counts?: Int32Array };

/** Characters (UTF-16 units) of an ordinary piece. */
const pieceSize = 2 ** 16;

/**
 * Makes the function that encodes long texts, in pieces where the definition lets them be parted: texts that are cut
 * behind their first tokens up to there, those that are not cut as a whole. Others are encoded at once, up to the limit.
 */
export function openLongTexts(settings: LongTextSettings): (input: TextInput, library: Library) => Promise<LongText> {
  const { definition, growth, specialTokens, maxTokens, side, bag } = settings;
  const most = Math.floor(limits.textPiece / growth);
  // Looked up with the first long text, since all tokens are gone through for it, and few texts are long.
  let found: { readonly cutting: Cutting | undefined } | undefined;
  let opened: Promise<Parting> | undefined;
  let alone: Promise<Library> | undefined;
  const steps = { normalizer: null, pre_tokenizer: null, post_processor: null, added_tokens: [] };
  const model = (): Promise<Library> => (alone ??= openLibrary({ ...definition, ...steps }));
  return async (input, library) => {
    found ??= { cutting: cuttingOf(definition) };
    const { cutting } = found;
    const canPart =
      cutting !== undefined && typeof input === "string" && !(Number.isFinite(maxTokens) && side === "left");
    if (!canPart) {
      if (sizeOf(input) > most) throw tooLong(sizeOf(input), most);
      return (await library.encode([input], { specialTokens }))[0];
    }
    opened ??= openParting(definition, library, specialTokens);
    const { parts, before, after } = await opened;
    const room = maxTokens - before.length - after.length;
    const cutter = { library: parts, model, cutting, size: Math.floor(pieceSize / growth), most };
    const collect = bag && !specialTokens && !Number.isFinite(maxTokens) ? counted : joined;
    try {
      return await collect(encodeInPieces(cutter, input, room), room, before, after);
    } catch (error) {
      throw error instanceof UnpartedText ? tooLong(input.length, most) : error;
    }
  };
}

const tooLong = (size: number, most: number): InputError =>
  new InputError(
    `a text of ${size} characters holds ${most} and more that this tokenizer takes as one; such texts are not read ` +
      `(${seeLimits}): shorten them, or put spaces between their words`,
  );

/** A tokenizer without what it puts around a text, and what that is. */
interface Parting {
  readonly parts: Library;
  readonly before: Int32Array;
  readonly after: Int32Array;
}

async function openParting(
  definition: LongTextSettings["definition"],
  library: Library,
  specialTokens: boolean,
): Promise<Parting> {
  const parts = await openLibrary({ ...definition, post_processor: null });
  if (!specialTokens) return { parts, before: new Int32Array(), after: new Int32Array() };
  const [{ ids: ends }, { ids }] = await library.encode(["", "a"], { specialTokens });
  const [{ ids: bare }] = await parts.encode(["a"], { specialTokens: false });
  const length = ids.length - ends.length;
  const at = ids.findIndex((_, i) => bare.slice(0, length).every((id, j) => ids[i + j] === id));
  return { parts, before: ids.slice(0, at), after: ids.slice(at + length) };
}

type Collect = (
  parts: AsyncIterable<Int32Array>,
  room: number,
  before: Int32Array,
  after: Int32Array,
) => Promise<LongText>;

const joined: Collect = async (parts, room, before, after) => {
  const all = [before];
  let count = 0;
  for await (const part of parts) {
    const taken = part.slice(0, Math.max(0, room - count));
    all.push(taken);
    count += taken.length;
  }
  all.push(after);
  const ids = new Int32Array(before.length + count + after.length);
  let at = 0;
  for (const part of all) {
    ids.set(part, at);
    at += part.length;
  }
  return { ids };
};

const counted: Collect = async (parts) => {
  const counts = new Map<number, number>();
  for await (const part of parts) for (const id of part) counts.set(id, (counts.get(id) ?? 0) + 1);
  return { ids: Int32Array.from(counts.keys()), counts: Int32Array.from(counts.values()) };
};
