import { describe, expect, it } from "vitest";
import { checkSetup } from "./strange-setup.ts";

const files = (config: Readonly<Record<string, unknown>>, modelType?: string) => ({
  definition: {},
  specials: {},
  config,
  modelType,
});

describe("checkSetup", () => {
  it.each([
    [{}],
    [{ tokenizer_class: "BertTokenizer", split_special_tokens: false }],
    [{ tokenizer_class: "TokenizersBackend", backend: "tokenizers", split_special_tokens: null }],
    [{ tokenizer_class: "BertTokenizer" }, "roformer"],
  ])("takes %j", (config, modelType?: string) => {
    expect(() => checkSetup(files(config, modelType))).not.toThrow();
  });

  it("special tokens that are to be split as words are refused, by the key", () => {
    expect(() => checkSetup(files({ split_special_tokens: true }))).toThrow(
      /^split_special_tokens of tokenizer_config.json is true, expected false: .*; where no text holds one, /,
    );
  });

  it.each([
    [{ tokenizer_class: "NllbTokenizerFast" }, "NllbTokenizer"],
    [{ tokenizer_class: "RoFormerTokenizer", backend: "tokenizers" }, "RoFormerTokenizer"],
    [{}, "RoFormerTokenizer", "roformer"],
  ])("a class whose work is not known is refused by its name: %j", (config, name, modelType?: string) => {
    expect(() => checkSetup(files(config, modelType))).toThrow(`its class ${name} adds to what tokenizer.json says`);
  });
});
