import { describe, expect, it } from "vitest";
import { longestFirst } from "./pairs.ts";
import { givesTypes } from "./token-types.ts";

/** The rule as the library has it, told by the shorter and the longer text. */
function byRule(first: number, second: number, room: number): [number, number] {
  if (first + second <= room) return [first, second];
  const swap = first > second;
  let a = Math.min(first, second);
  let b = a > room ? a : Math.max(a, room - a);
  if (a + b > room) [a, b] = [Math.floor(room / 2), Math.floor(room / 2) + (room % 2)];
  return swap ? [b, a] : [a, b];
}

describe("two texts that are too long together", () => {
  it("are cut as the library cuts them, whatever their lengths", () => {
    for (let room = 1; room <= 12; room++) {
      for (let first = 0; first <= 15; first++) {
        for (let second = 0; second <= 15; second++) {
          expect([first, second, room, longestFirst(first, second, room)]).toEqual([
            first,
            second,
            room,
            byRule(first, second, room),
          ]);
        }
      }
    }
  });
});

describe("types of tokens", () => {
  it.each<[boolean, Readonly<Record<string, unknown>>, string?]>([
    [true, { tokenizer_class: "BertTokenizer" }],
    [true, { tokenizer_class: "BertTokenizerFast" }, "xlm-roberta"],
    [true, { tokenizer_class: "DebertaV2TokenizerFast" }],
    [true, {}, "bert"],
    [true, {}, "electra"],
    [true, { tokenizer_class: "PreTrainedTokenizerFast", model_input_names: ["input_ids", "token_type_ids"] }, "bert"],
    [false, { tokenizer_class: "BertTokenizer", model_input_names: ["input_ids", "attention_mask"] }, "bert"],
    [false, { tokenizer_class: "TokenizersBackend" }, "bert"],
    [false, { tokenizer_class: "PreTrainedTokenizerFast" }, "bert"],
    [false, { tokenizer_class: "DistilBertTokenizer" }],
    [false, { tokenizer_class: "BertTokenizer" }, "modernbert"],
    [false, {}, "roberta"],
    [false, {}],
  ])("%s by %j of %s", (gives, config, modelType) => {
    expect(givesTypes({ definition: {}, config, specials: {}, ...(modelType && { modelType }) })).toBe(gives);
  });
});
