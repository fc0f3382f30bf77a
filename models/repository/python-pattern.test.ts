import { expect, it } from "vitest";
import { pythonPattern } from "./python-pattern.ts";

it("what is left of a file's time is what a match may take, of which the next pattern finds nothing left", () => {
  const clock = { left: 20 };
  const endless = pythonPattern("target_modules", "([a-z]+)+!", clock);
  const message = `takes more than 3 seconds, the last of them for "${"a".repeat(40)}"; name the modules one by one`;
  expect(() => endless("a".repeat(40))).toThrow(message);
  expect(clock.left).toBeLessThanOrEqual(1);
});
