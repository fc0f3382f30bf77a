import { expect, it } from "vitest";
import { lackIn } from "./system-limits.ts";

const limits = (files: string, addresses: string): string =>
  [
    "Limit                     Soft Limit           Hard Limit           Units     ",
    "Max data size             unlimited            unlimited            bytes     ",
    `Max open files            ${files.padEnd(20)} 20000                files     `,
    `Max address space         ${addresses.padEnd(20)} unlimited            bytes     `,
    "",
  ].join("\n");

it.each([
  ["256", "unlimited", undefined],
  ["unlimited", "unlimited", undefined],
  ["64", "unlimited", "system: a process may have 64 files open here, 256 are needed; allow more with: ulimit -n 1024"],
  [
    "1024",
    "4096000000",
    "system: a process may have 3.8 GiB of addresses here (ulimit -v), 4 GiB are needed, most of which are never filled; lift the limit with: ulimit -v unlimited, and bound memory by a control group (systemd-run --user --scope -p MemoryMax=8G …, docker run --memory 8g …)",
  ],
  ["1024", String(4 * 2 ** 30), undefined],
])("%s open files and %s bytes of addresses", (files, addresses, expected) => {
  expect(lackIn(limits(files, addresses))).toBe(expected);
});

it("says nothing where the system does not tell", () => {
  expect(lackIn("")).toBeUndefined();
});
