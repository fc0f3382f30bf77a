import { expect, it } from "vitest";
import { isAllowed } from "./work.ts";

it.each([
  ["org/model", "c0", undefined, true],
  ["bm25", undefined, undefined, true],
  ["/models/step-500", undefined, undefined, false],
  ["http://127.0.0.1/v1#m", undefined, undefined, false],
  ["precomputed:/vectors", undefined, undefined, false],
  ["org/model", "c0", ["org/model"], true],
  ["org/model", "c0", ["org/*"], true],
  ["orga/model", "c0", ["org/*"], false],
  ["org/model2", "c0", ["org/model"], false],
  ["/models/step-500", undefined, ["/models/step-500"], true],
  ["bm25", undefined, ["org/*"], false],
  ["org/model", "c0", [], false],
])("of %s (commit %s), a worker that takes %j: %s", (model, commit, models, expected) => {
  expect(isAllowed({ model, ...(commit === undefined ? {} : { commit }) }, models)).toBe(expected);
});
