import { describe, expect, it } from "vitest";
import type { Instruct, Instruction } from "../encoder.ts";
import { findInstruction } from "./instructions.ts";

const silent = { name: "STS12", type: "STS", typeInstruction: "the type's" };
const task = { ...silent, prompt: "the task's" };
const instruct = (instructions: Record<string, Instruction> = {}, more: Partial<Instruct> = {}): Instruct => ({
  template: "{instruction}: ",
  applyToDocuments: true,
  instructions,
  ...more,
});

describe("findInstruction", () => {
  it("prefers the model's own by task, type, role; then the task's; then its type's", () => {
    const own = { STS12: "1", STS: "2", query: "3" };
    const find = (table: Record<string, Instruction>, prompted: typeof silent = task) =>
      findInstruction(instruct(table), "published", prompted, "query");
    expect(find(own)).toEqual({ text: "1: ", from: "published", key: "STS12" });
    expect(find({ STS: "2", query: "3" })).toEqual({ text: "2: ", from: "published", key: "STS" });
    expect(find({ query: "3" })).toEqual({ text: "3: ", from: "published", key: "query" });
    expect(find({ "STS12-query": "no" })).toEqual({ text: "the task's: ", from: "task", key: "STS12" });
    expect(find({}, silent)).toEqual({ text: "the type's: ", from: "type", key: "STS" });
    expect(find({}, { name: "x", type: "constructor", typeInstruction: "" })).toEqual({
      text: "",
      from: null,
      key: "",
    });
  });

  it("an instruction by role gives nothing to a role that it lacks, and no default either", () => {
    const table = instruct({ STS12: { query: "q", passage: "p" } });
    expect(findInstruction(table, "user", task, "query").text).toBe("q: ");
    expect(findInstruction(table, "user", task, "document")).toEqual({ text: "", from: null, key: "" });
    expect(findInstruction(table, "user", task, undefined).text).toBe("");
    const byRole = { ...task, prompt: { query: "asked" } };
    expect(findInstruction(instruct(), "user", byRole, "query")).toMatchObject({ text: "asked: ", from: "task" });
    expect(findInstruction(instruct(), "user", byRole, "document").text).toBe("");
  });

  it("an empty instruction of the model's own hides the task's, and leaves the type's", () => {
    expect(findInstruction(instruct({ STS12: "" }), "user", task, undefined)).toEqual({
      text: "the type's: ",
      from: "type",
      key: "STS",
    });
  });
});

describe("examples", () => {
  const shown = instruct(
    { STS12: "compare" },
    {
      template: "{examples}<instruct>{instruction}\n<query>{text}\n<response>",
      exampleTemplate: "<instruct>{instruction}\n<query>{query}\n<response>{response}\n\n",
      examples: {
        STS12: [
          { query: "a", response: "b" },
          { query: "{response} $&", response: "{instruction}" },
        ],
        STS: [{ query: "other", response: "other" }],
      },
    },
  );
  const plain = "<instruct>compare\n<query>{text}\n<response>";
  const before =
    "<instruct>compare\n<query>a\n<response>b\n\n<instruct>compare\n<query>{response} $&\n<response>{instruction}\n\n";

  it("stand before queries and texts without a role, in order, word for word", () => {
    expect(findInstruction(shown, "user", task, undefined).text).toBe(before + plain);
    expect(findInstruction(shown, "user", task, "query").text).toBe(before + plain);
  });

  it("never stand before documents", () => {
    expect(findInstruction(shown, "user", task, "document").text).toBe(plain);
  });

  it("are looked up as instructions are; without any, their place is empty", () => {
    const find = (name: string, type: string) =>
      findInstruction(shown, "user", { ...silent, name, type, prompt: "i" }, undefined).text;
    expect(find("STS13", "STS")).toBe(
      "<instruct>i\n<query>other\n<response>other\n\n<instruct>i\n<query>{text}\n<response>",
    );
    expect(find("Banking", "Classification")).toBe("<instruct>i\n<query>{text}\n<response>");
  });
});
