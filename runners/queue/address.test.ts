import { expect, it } from "vitest";
import { UsageError } from "../../datasets/errors.ts";
import { parseQueueAddress } from "./address.ts";

it("an address names a server, and the environment who asks", () => {
  const plain = { db: 0, isEncrypted: false };
  expect(parseQueueAddress("redis://host", {})).toEqual({ ...plain, shown: "redis://host", host: "host", port: 6379 });
  expect(
    parseQueueAddress("rediss://[::1]:7000/3", { PRAMANA_QUEUE_USER: "me", PRAMANA_QUEUE_PASSWORD: "word" }),
  ).toEqual({
    ...{ shown: "rediss://[::1]:7000/3", host: "::1", port: 7000, db: 3, isEncrypted: true },
    ...{ username: "me", password: "word" },
  });
});

it.each([
  "host:6379",
  "http://host",
  "redis://",
  "redis://host/a",
  "redis://host/1/2",
  "redis://host?password=word",
  "",
])("the address %j is refused", (address) => {
  expect(() => parseQueueAddress(address, {})).toThrow(UsageError);
  expect(() => parseQueueAddress(address, {})).toThrow(/is no address of a queue; expected redis:\/\/HOST:PORT/);
});

it("a password in the address is refused, and not repeated", () => {
  const read = () => parseQueueAddress("redis://me:word@host:1", {});
  expect(read).toThrow(/on host:1 holds a user or a password.*PRAMANA_QUEUE_PASSWORD/);
  expect(read).not.toThrow(/word@/);
});
