import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { openStore } from "./index.ts";
import { s3Settings } from "./s3-settings.ts";
import { isKey } from "./store.ts";

const keys = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "hidden-secret" };
const nameOf = (address: string, env = {}): string =>
  openStore(address, { env: { ...keys, ...env }, now: () => 0 }).name;

it("a store is a folder, or a place in a bucket", () => {
  expect(nameOf("some/folder")).toBe(resolve("some/folder"));
  expect(nameOf(pathToFileURL(resolve("a b")).href)).toBe(resolve("a b"));
  expect(nameOf("s3://bucket")).toBe("s3://bucket");
  expect(nameOf("s3://bucket/runs/1/")).toBe("s3://bucket/runs/1");
});

it("a folder takes keys whether or not its address ends in a slash", async () => {
  const folder = mkdtempSync(join(tmpdir(), "pramana-store-"));
  const [plain, ...others] = [folder, `${folder}/`, pathToFileURL(folder).href, `${pathToFileURL(folder).href}/`];
  const open = (address: string) => openStore(address, { env: {}, now: () => 0 });
  expect(await open(plain).publish("a", Buffer.from("a"))).toBe("published");
  for (const address of others) {
    expect(open(address).name).toBe(folder);
    expect(await open(address).publish("a", Buffer.from("b"))).toBe("there");
  }
});

it.each([
  ["", /the address is empty; expected a folder/],
  ["gs://bucket/x", /"gs:\/\/bucket\/x" is of no kind that is known; expected a folder, file:\/\/\/FOLDER, or s3/],
  ["file://elsewhere/x", /names no folder of this machine/],
  ["s3://", /names no place in a bucket/],
  ["s3://bucket/a//b", /names no place in a bucket/],
  ["s3://bucket/../b", /names no place in a bucket/],
  ["s3://id:hidden-secret@bucket/x", /names no place in a bucket/],
])("the address %j is refused", (address, expected) => {
  const open = (): string => nameOf(address);
  expect(open).toThrow(expected);
  expect(open).not.toThrow(/hidden-secret/);
});

it("the server, the region and the keys are those of AWS's variables", () => {
  expect(s3Settings("s3://bucket/x", { ...keys, AWS_REGION: "eu-west-1", AWS_SESSION_TOKEN: "t" })).toMatchObject({
    endpoint: "https://s3.eu-west-1.amazonaws.com",
    ...{ region: "eu-west-1", accessKeyId: "id", sessionToken: "t", bucket: "bucket", prefix: "x" },
  });
  const both = { ...keys, AWS_ENDPOINT_URL: "http://a.example/", AWS_ENDPOINT_URL_S3: "http://b.example:9000/s3/" };
  expect(s3Settings("s3://bucket", both)).toMatchObject({ endpoint: "http://b.example:9000/s3", region: "us-east-1" });
  expect(s3Settings("s3://bucket", { ...both, AWS_ENDPOINT_URL_S3: "" }).endpoint).toBe("http://a.example");
});

it.each([
  [{ AWS_SECRET_ACCESS_KEY: "" }, /AWS_SECRET_ACCESS_KEY is not set, .*aws configure export-credentials/],
  [{ AWS_ACCESS_KEY_ID: " " }, /AWS_ACCESS_KEY_ID is not set/],
  [{ AWS_SECRET_ACCESS_KEY: "hidden-secret\nx" }, /AWS_SECRET_ACCESS_KEY holds a space or a character beyond ASCII/],
  [{ AWS_REGION: "a/b" }, /AWS_REGION is "a\/b"; expected a name such as us-east-1/],
  [{ AWS_ENDPOINT_URL_S3: "http://id:hidden-secret@h/" }, /AWS_ENDPOINT_URL_S3 is "…@h\/"; expected a plain address/],
  [{ AWS_ENDPOINT_URL: "b.example:9000" }, /AWS_ENDPOINT_URL is "b.example:9000"; expected a plain address/],
])("variables that do not fit are refused without their secrets: %j", (env, expected) => {
  expect(() => nameOf("s3://bucket", env)).toThrow(expected);
  expect(() => nameOf("s3://bucket", env)).not.toThrow(/hidden-secret/);
});

it("a key is made of plain segments", () => {
  for (const key of ["a", "A-1_b.json", "a/b/c", "_", "x".repeat(160)]) expect(isKey(key)).toBe(true);
  const none = [
    "",
    "/",
    "a/",
    "/a",
    "a//b",
    ".",
    "..",
    "a/../b",
    ".a",
    "a b",
    "ä",
    "a\\b",
    "a:b",
    "a\n",
    "x".repeat(161),
  ];
  for (const text of [...none, join(...Array.from({ length: 9 }, () => "x".repeat(100)))])
    expect(isKey(text)).toBe(false);
});
