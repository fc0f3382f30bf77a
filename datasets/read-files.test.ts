import { createHash } from "node:crypto";
import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { expect, it } from "vitest";
import { openSnapshot } from "./hub.ts";
import { joinReads, recordReads } from "./read-files.ts";
import { large, parquet, parquetEtag, second, useHub } from "./testing/hub-world.ts";

const hub = useHub();
const repository = `datasets/org/set@${second}`;

it("notes the files that are handed out, with their checksums, each time since it was asked", async () => {
  const reads = recordReads(hub.settings);
  const snapshot = await openSnapshot({ kind: "dataset", id: "org/set", revision: second }, reads.hub);
  await snapshot.resolve(parquet);
  await snapshot.resolve("z.txt");
  expect(await reads.take()).toEqual({
    [repository]: { [parquet]: parquetEtag, "z.txt": expect.stringMatching(/^\w{40}$/) },
  });
  expect(await reads.take()).toEqual({});
  await snapshot.resolve(parquet);
  expect(await reads.take()).toEqual({ [repository]: { [parquet]: parquetEtag } });
});

it("computes the checksum of a file of which nothing tells it, and anew once it was written to", async () => {
  const target = await (await hub.open()).resolve(parquet);
  for (const folder of ["listings", "blobs"]) rmSync(join(hub.repository, folder), { recursive: true });
  rmSync(target);
  const checksumOf = async (bytes: Buffer): Promise<string | undefined> => {
    writeFileSync(target, bytes);
    const reads = recordReads({ ...hub.settings, offline: true });
    const snapshot = await openSnapshot({ kind: "dataset", id: "org/set", revision: second }, reads.hub);
    await snapshot.resolve(parquet);
    return (await reads.take())[repository]?.[parquet];
  };
  for (const bytes of [large, large, Buffer.from("other")]) {
    expect(await checksumOf(bytes)).toBe(createHash("sha256").update(bytes).digest("hex"));
  }
});

it("tells that a checksum could not be computed when it is asked for, and not before", async () => {
  const reads = recordReads(hub.settings);
  const etag = Promise.reject(new Error("unreadable"));
  reads.hub.onRead?.({ kind: "model", id: "org/model", revision: second, path: "model.bin", etag });
  await turn();
  await expect(reads.take()).rejects.toThrow("unreadable");
  expect(await reads.take()).toEqual({});
});

it("joins lists in the order of names", () => {
  const joined = joinReads([{ b: { y: "1" } }, { a: { z: "2", x: "3" } }, { b: { x: "4" } }]);
  expect(JSON.stringify(joined)).toBe('{"a":{"x":"3","z":"2"},"b":{"x":"4","y":"1"}}');
});
