import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseCard } from "./card.ts";
import { findConfigs, matching } from "./data-files.ts";
import { InputError } from "./errors.ts";
import { formatOf } from "./formats.ts";

interface Expected {
  readonly names: readonly { name: string; files: string[]; splits: Record<string, string[]> }[];
  readonly files: readonly string[];
  readonly globs: readonly { patterns: string[]; files: string[] }[];
}
const path = new URL("fixtures/trees/expected.json", import.meta.url);
const expected: Expected = JSON.parse(readFileSync(path, "utf8"));

describe("splits by the names of files and folders, as datasets finds them", () => {
  it.each(expected.names)("$name", ({ files, splits }) => {
    const [config, ...others] = findConfigs([], files);
    expect(others).toEqual([]);
    expect(config?.name).toBe("default");
    expect(config?.splits.map((split) => [split.name, split.files])).toEqual(Object.entries(splits));
  });

  it("finds none where nothing can be read", () => {
    expect(findConfigs([], ["README.md", "LICENSE", "x.bz2"])[0]?.splits).toEqual([]);
    expect(findConfigs([], [])[0]?.splits).toEqual([]);
  });

  it("drops a split whose files cannot be read", () => {
    const splits = findConfigs([], ["test/notes.txt", "train/x.csv"])[0]?.splits;
    expect(splits?.map((split) => split.name)).toEqual(["train"]);
  });
});

describe("patterns, as datasets resolves them", () => {
  it.each(expected.globs)("$patterns", ({ patterns, files }) => {
    const [config] = findConfigs(
      [{ name: "x", isDefault: false, folder: "", dataFiles: [{ split: "s", patterns }] }],
      expected.files,
    );
    expect(config?.splits[0]?.files).toEqual(files.filter((file) => formatOf(file) !== undefined));
    expect(patterns.flatMap((pattern) => matching(expected.files, pattern.replace(/^\.\//, "")))).toEqual(files);
  });

  it("start from the config's folder", () => {
    const files = ["en/test.csv", "de/test.csv", "de/train-x.csv", "de/x/y.csv"];
    const card = parseCard(
      "---\nconfigs:\n- config_name: de\n  data_dir: ./de\n- config_name: en\n  data_dir: en\n  data_files: t*.csv\n---\n",
      "c",
    );
    const splits = findConfigs(card.configs, files).map((config) =>
      config.splits.map(({ name, files }) => [name, files]),
    );
    expect(splits).toEqual([
      [
        ["train", ["de/train-x.csv"]],
        ["test", ["de/test.csv"]],
      ],
      [["train", ["en/test.csv"]]],
    ]);
  });

  it.each(["../other/x.csv", "/etc/x.csv", "a/../../x.csv", "https://example.org/x.csv", "hf://datasets/a/b/x.csv"])(
    "may not be %s",
    (pattern) => {
      const card = [{ name: "x", isDefault: false, folder: "", dataFiles: [{ split: "s", patterns: [pattern] }] }];
      expect(() => findConfigs(card, ["x.csv"])).toThrow(InputError);
    },
  );
});

it("a pattern longer than any path is refused", () => {
  const names = ["a.csv"];
  expect(matching(names, `[a]*${"[".repeat(1020)}`)).toEqual([]);
  expect(() => matching(names, `*${"x".repeat(1024)}`)).toThrow(
    new InputError(
      `data files: the pattern "*${"x".repeat(119)}…" has 1025 characters, at most 1024 are taken; correct the card of ` +
        "the data set, see docs/safety.md",
    ),
  );
});
