import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { checkSingleTypes, checkTemplates } from "./templates.ts";

const template = (id: unknown, known: unknown = { "[CLS]": {} }) => ({
  type: "TemplateProcessing",
  single: [{ SpecialToken: { id: "[CLS]", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
  pair: [{ SpecialToken: { id, type_id: 0 } }],
  special_tokens: known,
});
const refusal = (token: string) =>
  new InputError(`its template places the special token ${token}, which its special_tokens do not hold`);

describe("checkTemplates", () => {
  it.each([
    ["no post-processor", null],
    ["another one", { type: "RobertaProcessing", sep: ["</s>", 2] }],
    ["a template that knows its tokens", template("[CLS]")],
    ["a sequence of such", { type: "Sequence", processors: [{ type: "ByteLevel" }, template("[CLS]")] }],
  ])("takes %s", (_, processor) => {
    expect(() => checkTemplates({ post_processor: processor })).not.toThrow();
  });

  it("refuses a token that the template does not know, wherever the template lies", () => {
    expect(() => checkTemplates({ post_processor: template("[SEP]") })).toThrow(refusal('"[SEP]"'));
    expect(() => checkTemplates({ post_processor: template("constructor") })).toThrow(refusal('"constructor"'));
    expect(() => checkTemplates({ post_processor: template("[CLS]", null) })).toThrow(refusal('"[CLS]"'));
    expect(() =>
      checkTemplates({ post_processor: { type: "Sequence", processors: [template("\u001b[31m")] } }),
    ).toThrow(refusal('"\\u001b[31m"'));
  });
});

it("refuses a template of a single text that places a second one", () => {
  const second = { ...template("[CLS]"), single: [{ Sequence: { id: "B", type_id: 0 } }] };
  expect(() => checkTemplates({ post_processor: second })).toThrow(
    new InputError("its template of a single text places the second of two (Sequence B)"),
  );
});

describe("checkSingleTypes", () => {
  const typed = (of: number, ofText = 0) => ({
    ...template("[CLS]"),
    single: [{ SpecialToken: { id: "[CLS]", type_id: of } }, { Sequence: { id: "A", type_id: ofText } }],
  });

  it("takes type 0, and any type of a pair's tokens", () => {
    const pair = [{ Sequence: { id: "B", type_id: 1 } }];
    expect(() => checkSingleTypes({ post_processor: { ...typed(0), pair } })).not.toThrow();
    expect(() => checkSingleTypes({ post_processor: null })).not.toThrow();
  });

  it.each([
    ["a token", typed(1)],
    ["the text", typed(0, 1)],
    ["a token, in a sequence", { type: "Sequence", processors: [typed(2)] }],
  ])("refuses another type of %s", (_, processor) => {
    expect(() => checkSingleTypes({ post_processor: processor })).toThrow(
      /^its template gives tokens .* the type [12];/,
    );
  });
});
