import { describe, expect, it } from "vitest";
import { defaultPrompt, namedPrompt, promptFor } from "./prompts.ts";

const task = { name: "STS12", type: "STS" };
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
    expect(promptFor(model({}), { name: "toString", type: "constructor" })).toBe("");
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
