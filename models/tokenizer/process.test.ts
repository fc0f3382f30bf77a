import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, it, vi } from "vitest";
import { openProcess } from "./process.ts";

afterEach(() => void vi.useRealTimers());

/** Answers each call by itself: the first at once, others after some tenths of a second. */
const slow = `let first = true;
process.on("message", (call) => {
  setTimeout(() => process.send({ value: call }), first ? 0 : 300);
  first = false;
});`;

it("a call is not ended by the time that the process had nothing to do before", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const program = join(mkdtempSync(join(tmpdir(), "pramana-process-")), "slow.cjs");
  writeFileSync(program, slow);
  const { ask, inTurn, start, end } = openProcess<string, string>({
    program,
    opening: () => "opened",
    refused: (what) => new Error(what),
  });
  await inTurn(start);
  // As where a text's longest length is set: work that asks nothing, after which the process is another.
  await inTurn(async () => end());
  const answer = inTurn(async () => {
    await start();
    const asked = ask("a text");
    // The time after which an idle process is ended passes while the call is under way.
    vi.advanceTimersByTime(5_000);
    return asked;
  });
  await expect(answer).resolves.toBe("a text");
  end();
});
