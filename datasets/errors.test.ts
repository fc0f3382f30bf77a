import { expect, it } from "vitest";
import { InputError, outOfMemory } from "./errors.ts";

it("a message keeps its beginning and its end, where the way out stands, and loses what is between them", () => {
  expect(new InputError("x".repeat(4000)).message).toHaveLength(4000);
  const { message } = new InputError(`model: ${"x".repeat(100_000)}; leave it out`);
  expect(message).toHaveLength(4003);
  expect(message).toMatch(/^model: x+ … x+; leave it out$/);
});

it("memory that ran out is told with the way out, and nothing else is", () => {
  expect(outOfMemory(new RangeError("Array buffer allocation failed"))).toMatch(
    /^out of memory \(Array buffer allocation failed\); JavaScript may hold \d+ MiB here: give it more with NODE_OPTIONS=/,
  );
  const wasm = "WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance";
  expect(outOfMemory(new RangeError(wasm))).toContain("lift the limit on them with: ulimit -v unlimited");
  expect(outOfMemory(Object.assign(new Error("a"), { code: "ERR_WORKER_OUT_OF_MEMORY" }))).toContain(
    "out of memory (a)",
  );
  expect(outOfMemory(new RangeError("Invalid array length"))).toBeUndefined();
  expect(outOfMemory(new Error("allocation failed"))).toBeUndefined();
});
