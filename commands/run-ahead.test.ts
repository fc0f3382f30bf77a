import { expect, it } from "vitest";
import { opensSession } from "./run-ahead.ts";

it.each([
  ["the sample model, where none is named", {}],
  ["a repository", { model: ["org/model"] }],
  ["a repository among others", { model: ["bm25", { model: "org/model" }] }],
])("a run opens a session for %s", (_, options) => {
  expect(opensSession(options)).toBe(true);
});

it.each([
  ["a lexical model", { model: ["bm25"] }],
  ["a server", { model: ["http://127.0.0.1:8080/v1#model"] }],
  ["vectors from a folder", { model: ["precomputed:vectors"] }],
  ["a count of what it would take", { model: ["org/model"], dryRun: true as const }],
  ["prompts that are only shown", { model: ["org/model"], explain: true }],
  ["a run that workers do", { model: ["org/model"], queue: "redis://127.0.0.1" }],
])("a run opens none for %s", (_, options) => {
  expect(opensSession(options)).toBe(false);
});
