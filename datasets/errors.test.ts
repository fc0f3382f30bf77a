import { expect, it } from "vitest";
import { InputError } from "./errors.ts";

it("a message keeps its beginning and its end, where the way out stands, and loses what is between them", () => {
  expect(new InputError("x".repeat(4000)).message).toHaveLength(4000);
  const { message } = new InputError(`model: ${"x".repeat(100_000)}; leave it out`);
  expect(message).toHaveLength(4003);
  expect(message).toMatch(/^model: x+ … x+; leave it out$/);
});
