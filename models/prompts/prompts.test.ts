import { describe, expect, it } from "vitest";
import { applyPrompt, defaultPrompt, findPrompt, isWrapping, namedPrompt, promptFor } from "./prompts.ts";

const task = { name: "STS12", type: "STS", typeInstruction: "" };
const model = (prompts: Record<string, string>, defaultPromptName: string | null = null) => ({
  id: "org/model",
  prompts,
  defaultPromptName,
});

describe("promptFor", () => {
  const table = { "STS12-query": "1", STS12: "2", "STS-query": "3", STS: "4", query: "5" };

  it.each(["STS12-query", "STS12", "STS-query", "STS", "query"])("%s comes before what stands after it", (key) => {
    const keys = Object.keys(table);
    const rest = Object.fromEntries(Object.entries(table).slice(keys.indexOf(key)));
    expect(promptFor(model(rest), task, "query")).toBe(table[key as keyof typeof table]);
  });

  it("without a role only task and type count", () => {
    expect(promptFor(model({ "STS12-query": "1", query: "5" }), task)).toBe("");
    expect(promptFor(model({ STS: "4", query: "5" }), task)).toBe("4");
  });

  it("without a match the default applies; an empty prompt is a match", () => {
    expect(promptFor(model({ passage: "p" }, "passage"), task)).toBe("p");
    expect(promptFor(model({ STS: "", passage: "p" }, "passage"), task)).toBe("");
  });

  it("a name that every object has is no prompt", () => {
    expect(promptFor(model({}), { name: "toString", type: "constructor", typeInstruction: "" })).toBe("");
  });
});

describe("findPrompt", () => {
  it("says who gave the prompt, under which key", () => {
    expect(findPrompt(model({ query: "q" }), task, "query")).toEqual({ text: "q", from: "repository", key: "query" });
    expect(findPrompt({ ...model({ STS: "s" }), promptSource: "user" }, task)).toMatchObject({
      from: "user",
      key: "STS",
    });
    expect(findPrompt(model({ other: "o" }, "other"), task)).toEqual({ text: "o", from: "repository", key: "other" });
    expect(findPrompt(model({ other: "o" }), task)).toEqual({ text: "", from: null, key: "" });
  });

  it("documents take passage, then corpus, where there is no document", () => {
    expect(promptFor(model({ document: "d", passage: "p" }), task, "document")).toBe("d");
    expect(promptFor(model({ corpus: "c", passage: "p" }), task, "document")).toBe("p");
    expect(promptFor(model({ corpus: "c" }), task, "document")).toBe("c");
    expect(promptFor(model({ corpus: "c" }), task, "query")).toBe("");
  });

  it("documents that are not instructed take the repository's default, never its prompt for documents", () => {
    const instruct = { template: "I: {instruction} ", applyToDocuments: false, instructions: { STS: "compare" } };
    const instructed = { ...model({ document: "d", other: "o" }, "other"), instruct, promptSource: "user" } as const;
    expect(findPrompt(instructed, task, "document")).toEqual({ text: "o", from: "repository", key: "other" });
    expect(findPrompt(instructed, task, "query")).toEqual({ text: "I: compare ", from: "user", key: "STS" });
    const all = { ...instructed, instruct: { ...instruct, applyToDocuments: true } };
    expect(promptFor(all, task, "document")).toBe("I: compare ");
  });
});

describe("applyPrompt", () => {
  it.each([
    ["", "a", "a"],
    ["query: ", "a", "query: a"],
    ['Summarize "{text}":', "a", 'Summarize "a":'],
    ["{text}", "$& $1 {text}", "$& $1 {text}"],
    ["{text} and {text}", "a", "a and a"],
    ["{instruction} ", "a", "{instruction} a"],
  ])("%j before %j gives %j", (prompt, text, expected) => {
    expect(applyPrompt(prompt, text)).toBe(expected);
    expect(isWrapping(prompt)).toBe(prompt.includes("{text}"));
  });
});

describe("namedPrompt", () => {
  it("lists what there is", () => {
    expect(() => namedPrompt(model({ query: "q", document: "d" }), "quer")).toThrow(
      'model: org/model has no prompt named quer (did you mean "query"?); it has query, document',
    );
    expect(() => namedPrompt(model({}), "query")).toThrow("it has no prompts");
  });

  it("a default that names no prompt is an error, not silence", () => {
    expect(() => defaultPrompt(model({}, "query"))).toThrow("model: org/model has no prompt named query");
    expect(defaultPrompt(model({ query: "q" }))).toBe("");
  });
});
