import { describe, expect, it } from "vitest";
import { closingOnFailure, openAll } from "./open-all.ts";

/** Makes a resource that notes its closing. */
function opened(closed: string[], name: string) {
  return { name, close: async () => void closed.push(name) };
}

describe("opening several things", () => {
  it("gives all of them, in their order", async () => {
    const closed: string[] = [];
    const slow = new Promise<ReturnType<typeof opened>>((resolve) => setTimeout(resolve, 5, opened(closed, "a")));
    const [first, second] = await openAll([slow, Promise.resolve(opened(closed, "b"))]);
    expect([first.name, second.name, closed]).toEqual(["a", "b", []]);
  });

  it("closes what was opened, however late, when one fails", async () => {
    const closed: string[] = [];
    const late = new Promise<ReturnType<typeof opened>>((resolve) => setTimeout(resolve, 5, opened(closed, "late")));
    const failing = Promise.reject(new Error("no memory"));
    await expect(openAll([late, failing, Promise.reject(new Error("second"))])).rejects.toThrow("no memory");
    expect(closed).toEqual(["late"]);
  });

  it("closes when the work on it fails, and not otherwise", async () => {
    const closed: string[] = [];
    const open = [opened(closed, "a"), opened(closed, "b")];
    expect(await closingOnFailure(open, async () => 3)).toBe(3);
    expect(closed).toEqual([]);
    await expect(closingOnFailure(open, () => Promise.reject(new Error("failed")))).rejects.toThrow("failed");
    expect(closed).toEqual(["a", "b"]);
  });
});
