import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { columnOf } from "./columns.ts";
import { InputError } from "./errors.ts";
import { openDataset } from "./load.ts";
import { hubSettings } from "./settings.ts";

type Rows = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>>>>;

/** A data set as `regenerate-folders.py` wrote it. */
interface Folder {
  readonly name: string;
  readonly files: Readonly<Record<string, string | { readonly base64: string }>>;
  /** Columns by config and split; absent where datasets fails. */
  readonly rows?: Rows;
}

const fixture = join(dirname(fileURLToPath(import.meta.url)), "fixtures", "folders.jsonl");
const revived = (_key: string, value: unknown): unknown => {
  if (typeof value !== "object" || value === null) return value;
  if ("bigint" in value) return BigInt(String(value.bigint));
  if ("number" in value) return Number(value.number);
  // Texts that look like points in time are those to pyarrow; they stay texts here.
  return "other" in value ? expect.any(String) : value;
};
const folders = readFileSync(fixture, "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line, revived) as Folder);

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "pramana-folders-"));
});
afterAll(() => rmSync(root, { recursive: true }));

async function read({ name, files }: Folder): Promise<Rows> {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : Buffer.from(content.base64, "base64"));
  }
  const dataset = await openDataset({ id: join(root, name) }, hubSettings({ HF_HUB_OFFLINE: "1" }));
  const rows: Record<string, Record<string, Record<string, readonly unknown[]>>> = {};
  for (const config of dataset.configs) {
    rows[config] = {};
    for (const split of dataset.splits(config)) {
      const table = await dataset.read(config, split);
      rows[config][split] = Object.fromEntries(
        Object.keys(table.columns).map((column) => [column, columnOf(table, column)]),
      );
    }
  }
  return rows;
}

/** Folders that datasets reads and that are refused here, with the reason. */
const refused: Readonly<Record<string, string>> = JSON.parse(
  readFileSync(join(dirname(fixture), "folders-refused.json"), "utf8"),
);

/** Leaves out what is not read: indices of pandas, and columns that a card declares and no file has. */
const withoutUnread = (rows: Rows): Rows =>
  mapped(rows, (splits) =>
    mapped(splits, (columns) =>
      Object.fromEntries(
        Object.entries(columns).filter(
          ([name, values]) =>
            !name.startsWith("__index_level_") && !(name === "more" && values.every((one) => one === null)),
        ),
      ),
    ),
  );
const mapped = <From, To>(record: Readonly<Record<string, From>>, change: (value: From) => To): Record<string, To> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));

describe("folders that datasets reads", () => {
  const known = folders.filter((folder) => folder.rows !== undefined);
  it.each(known.map((folder) => [folder.name, folder] as const))("%s", async (name, folder) => {
    const found = await read(folder).catch((error: unknown) => {
      expect(error).toBeInstanceOf(InputError);
      return undefined;
    });
    expect(found === undefined).toBe(Object.hasOwn(refused, name));
    if (found) expect(found).toEqual(withoutUnread(folder.rows ?? {}));
  });
});
