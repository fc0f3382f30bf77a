import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { result, run } from "../testing/task-results.ts";
import { readMainScores, readResults } from "./read-results.ts";
import { requireSeal, sealed } from "./seal.ts";
import { readResult, writeResult } from "./store.ts";

let folder: string;
let file: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "pramana-seal-"));
  file = await writeResult(join(folder, "acme__small", "abc"), result({ run }));
});
afterEach(() => rmSync(folder, { recursive: true }));

const edit = (change: (text: string) => string): void => writeFileSync(file, change(readFileSync(file, "utf8")));
const task = result().task;
const readings = {
  whole: () => readResults([folder], { now: 0 }),
  "main scores": () => readMainScores([folder], { now: 0, known: new Set([task]) }),
};

describe("a result file", () => {
  it("carries a checksum and is read", async () => {
    const { pramana_run: about } = JSON.parse(readFileSync(file, "utf8"));
    expect(Object.keys(about).at(-1)).toBe("sha256");
    expect(about.sha256).toMatch(/^[0-9a-f]{64}$/);
    for (const read of Object.values(readings)) expect((await read()).skipped).toEqual([]);
    expect(await readResult(join(folder, "acme__small", "abc"), task)).toEqual(expect.objectContaining({ task }));
  });

  const edits: Record<string, (text: string) => string> = {
    "another score": (text) => text.replace(/("main_score": \d*\.?\d*)/, "$11"),
    "another time": (text) => text.replace(/("evaluation_time": )[\d.]+/, "$177"),
    "another precision": (text) => text.replace(/("precision": )"\w+"/, '$1"int8"'),
    "another checksum": (text) => text.replace(/("sha256": ").{4}/, "$10000"),
    "a key more": (text) => text.replace("{", '{"note": 1,'),
  };
  it.each(Object.entries(edits))("with %s is refused by name", async (_, change) => {
    edit(change);
    for (const read of Object.values(readings)) {
      const { results, skipped } = await read();
      expect(results).toEqual([]);
      expect(skipped).toEqual([
        { file, reason: expect.stringContaining("result: edited or damaged: the checksum in pramana_run") },
      ]);
    }
    expect(await readResult(join(folder, "acme__small", "abc"), task)).toContain(`${file}: edited or damaged`);
  });

  it.each<[string, (text: string) => string]>([
    ["laid out anew", (text) => JSON.stringify(JSON.parse(text))],
    ["with its lines ended otherwise", (text) => text.replaceAll("\n", "\r\n")],
    ["without a checksum, as older versions stored it", (text) => text.replace(/,\s*"sha256": "\w+"/, "")],
  ])("%s is taken", async (_, change) => {
    edit(change);
    for (const read of Object.values(readings)) expect((await read()).skipped).toEqual([]);
  });

  it("that does not say what ran gets none", () => {
    expect(sealed({ a: 1 })).toEqual({ a: 1 });
    expect(requireSeal([1], "x")).toEqual([1]);
  });
});
