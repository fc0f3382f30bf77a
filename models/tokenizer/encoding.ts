import { setImmediate as turn } from "node:timers/promises";
import { groupsOf, sizeOf } from "./groups.ts";
import type { Encoded, Library, TextInput } from "./library.ts";
import { type LongTextSettings, openLongTexts } from "./long-texts.ts";
import { openPairs, type Pair } from "./pairs.ts";
import { openPlainTexts } from "./plain-texts.ts";

/** Token ids of an input, special tokens among them. */
export interface Tokens {
  readonly ids: Int32Array;
  /**
   * 0 for a token of the first text, 1 for one of the second, [ids.length]; absent for a single text, and where the
   * tokenizer's class gives none (`givesTypes`).
   */
  readonly types?: Int32Array;
  /** Number of the first tokens that others attend to; all of them where absent. */
  readonly visible?: number;
  /** How often each of `ids` occurs, [ids.length], where each is given once; only of a `bag`. */
  readonly counts?: Int32Array;
}

/** Characters (UTF-16 units) handed to the library at once, which takes some 300 bytes for each. */
const mostCharacters = 2 ** 20;
/** Characters from which a text is encoded piece by piece. */
const longText = 2 ** 16;

interface EncodingSettings extends LongTextSettings {
  /** Cuts inputs to `maxTokens`. */
  readonly library: Library;
  /** Encodes inputs whole; with special tokens where it is told. */
  readonly encodeWhole: (inputs: readonly TextInput[], special?: boolean) => Promise<readonly Encoded[]>;
  /** True where the tokens of pairs have types. */
  readonly typed: boolean;
}

/** Makes the function that encodes inputs of any length, alone or in pairs. */
export function openEncoding(settings: EncodingSettings): (inputs: readonly TextInput[]) => Promise<Tokens[]> {
  const { library, encodeWhole, typed, growth, specialTokens, maxTokens, side } = settings;
  const most = Math.floor(mostCharacters / growth);
  const encodeLong = openLongTexts(settings);
  let paired: ReturnType<typeof openPairs> | undefined;
  const encodePairs = async (pairs: readonly Pair[]): Promise<readonly Tokens[]> => {
    paired ??= openPairs({
      encodeBare: async (texts) => (await encodeWhole(texts)).map(({ ids }) => ids),
      encodePair: async (pair) => withTypes((await encodeWhole([pair], specialTokens))[0]),
      maxTokens,
      side,
    });
    const together = await paired;
    return together === undefined ? library.encode(pairs, { specialTokens }) : together(pairs);
  };
  let plain: ReturnType<typeof openPlainTexts> | undefined;
  const encodeTexts = async (inputs: readonly TextInput[]): Promise<readonly Tokens[]> => {
    plain ??= openPlainTexts(settings.definition, library, settings);
    const encodePlain = await plain;
    const known = inputs.map((input) => (typeof input === "string" ? encodePlain?.(input) : undefined));
    const others = inputs.filter((_, i) => known[i] === undefined);
    // Other work of the thread gets its turn in either case.
    const found = others.length === 0 ? await turn([]) : await library.encode(others, { specialTokens });
    const inOrder = found.values();
    return known.map((ids) => (ids === undefined ? (inOrder.next().value as Tokens) : { ids }));
  };
  return async (inputs: readonly TextInput[]): Promise<Tokens[]> => {
    const isLong = (input: TextInput): boolean => sizeOf(input) > longText / growth;
    const short = inputs.filter((input) => !isLong(input));
    const tokens: Tokens[] = [];
    for (const group of groupsOf(short, most)) {
      const pairs = group.filter((input) => typeof input !== "string");
      const arePairs = pairs.length === group.length;
      tokens.push(...(await (arePairs ? encodePairs(pairs) : encodeTexts(group))));
    }
    const inOrder = tokens.values();
    const all: Tokens[] = [];
    for (const input of inputs) {
      const own = isLong(input) ? await encodeLong(input, library) : (inOrder.next().value as Tokens);
      all.push(typed ? own : withoutTypes(own));
    }
    return all;
  };
}

const withTypes = ({ ids, types = new Int32Array(ids.length) }: Tokens) => ({ ids, types });
const withoutTypes = ({ types: _, ...tokens }: Tokens): Tokens => tokens;
