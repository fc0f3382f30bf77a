import { appendFileSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dropped, entryOf } from "../../reports/watch/testing/comparison.ts";
import { noteSent, placeId, readSent, wasSent } from "./sent.ts";

const temporary = () => join(mkdtempSync(join(tmpdir(), "pramana-sent-")), "watch-sent.jsonl");

it("knows what was sent where, after a torn line too", async () => {
  const file = temporary();
  const [here, there] = ["http://a", "http://b"].map((url) => placeId("webhook", url));
  const entry = entryOf("checkpoint-500", 0.75, 0.7);
  expect((await readSent(file)).size).toBe(0);
  await noteSent(file, here, entry);
  appendFileSync(file, '{"to":"webhook');
  await noteSent(file, there, dropped);
  const sent = await readSent(file);
  expect([here, there].map((place) => [wasSent(sent, place, entry), wasSent(sent, place, dropped)])).toEqual([
    [true, false],
    [false, true],
  ]);
  // Evaluated again, it is news.
  expect(wasSent(sent, here, { ...entry, date: entry.date + 1 })).toBe(false);
});

it("names places without saying them", () => {
  expect(placeId("webhook", "http://a/secret")).toMatch(/^webhook [0-9a-f]{16}$/);
});

it("says where the record cannot be read", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pramana-sent-"));
  await expect(readSent(folder)).rejects.toThrow(`watch: ${folder} cannot be read: EISDIR`);
});
