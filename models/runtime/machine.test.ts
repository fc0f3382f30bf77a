import { expect, it } from "vitest";
import { thisMachine } from "./machine.ts";
import { processor } from "./providers/cpu.ts";

it("a machine runs the small graph once on each device, however often it is asked", async () => {
  const { tryOut } = thisMachine({});
  const first = tryOut(processor);
  expect(tryOut({ ...processor })).toBe(first);
  expect(await first).toBeUndefined();
  const other = tryOut({ name: "unheard of" });
  expect(other).not.toBe(first);
  expect(await other).toMatch(/unheard of/);
});
