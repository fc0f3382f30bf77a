import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { checkTemplates } from "./templates.ts";

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
