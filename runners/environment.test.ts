import { expect, test } from "vitest";
import { processorText } from "./environment.ts";

test("a process bound to some of the processor's threads says so", () => {
  const threads = Array.from({ length: 4 }, () => ({ model: " Acme 9000 " }));
  expect(processorText(threads, 4)).toBe("Acme 9000, 4 threads");
  expect(processorText(threads, 1)).toBe("Acme 9000, 1 of 4 threads");
  expect(processorText([], 1)).toBe("unknown, 0 threads");
});
