import { describe, expect, it } from "vitest";
import { parseCard } from "./card.ts";
import { InputError } from "./errors.ts";
import { limits } from "./limits.ts";

/** Configs without their keys, which are looked at elsewhere. */
const configsOf = (text: string) => parseCard(text, "README.md of a/b").configs.map(({ options, ...config }) => config);
const card = (yaml: string) => configsOf(`---\n${yaml}\n---\n# Title\n`);
const messageOf = (yaml: string): string => {
  try {
    card(yaml);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return (error as Error).message;
  }
  return expect.fail("nothing was thrown");
};

describe("parseCard", () => {
  it("reads every form of data_files", () => {
    const yaml = `
license: mit
configs:
- config_name: one
  data_files: data/*.csv
- config_name: list
  data_files:
  - a.csv
  - b.csv
- config_name: "splits"
  default: true
  data_dir: en
  data_files:
  - split: train
    path: train-*
  - split: test
    path:
    - test-1.csv
    - test-2.csv
- config_name: by name
  data_dir: de
dataset_info:
  features: []`;
    expect(card(yaml)).toEqual([
      { name: "one", isDefault: false, folder: "", dataFiles: [{ split: "train", patterns: ["data/*.csv"] }] },
      { name: "list", isDefault: false, folder: "", dataFiles: [{ split: "train", patterns: ["a.csv", "b.csv"] }] },
      {
        name: "splits",
        isDefault: true,
        folder: "en",
        dataFiles: [
          { split: "train", patterns: ["train-*"] },
          { split: "test", patterns: ["test-1.csv", "test-2.csv"] },
        ],
      },
      { name: "by name", isDefault: false, folder: "de" },
    ]);
  });

  it("keeps names as they are written", () => {
    const names = ["no", "1.10", "null", "2021-01-01", "zh-CN", "0x1f"];
    expect(
      card(`configs:\n${names.map((name) => `- config_name: ${name}`).join("\n")}`).map((one) => one.name),
    ).toEqual(names);
  });

  it("finds nothing where there is no front matter or no configs", () => {
    expect(configsOf("")).toEqual([]);
    expect(configsOf("# Title\n---\nconfigs:\n- config_name: x\n---\n")).toEqual([]);
    expect(card("license: mit")).toEqual([]);
    expect(card("configs:")).toEqual([]);
    expect(card("my_configs:\n- config_name: x\nother:\n  configs:\n  - config_name: x")).toEqual([]);
  });

  it("reads line ends of Windows, indented lists and lists on one line", () => {
    const expected = [
      { name: "x", isDefault: false, folder: "", dataFiles: [{ split: "train", patterns: ["a.csv"] }] },
    ];
    expect(configsOf("---\r\nconfigs:\r\n  - config_name: x\r\n    data_files: a.csv\r\ntags: []\r\n---\r\n")).toEqual(
      expected,
    );
    expect(card('configs: [{config_name: x, data_files: "a.csv"}]')).toEqual(expected);
    expect(card("configs:\n# comment\n\n- config_name: x # why\n  data_files:\n    - a.csv\nx: 1")).toEqual(expected);
  });

  it("passes over mistakes in fields that do not matter here", () => {
    expect(card("tags: [a\nconfigs:\n- config_name: x\nlicense: mit\nlicense: mit")).toHaveLength(1);
  });

  it("says what is wrong", () => {
    expect(messageOf("configs:\n- config_name: [")).toMatch(
      /^card README.md of a\/b: its YAML front matter cannot be read: /,
    );
    expect(messageOf("configs: yes")).toBe('card README.md of a/b: configs is "yes"; expected a list');
    expect(messageOf("configs:\n- name: x")).toBe('card README.md of a/b: {"name":"x"} in configs has no config_name');
    expect(messageOf("configs:\n- config_name: x\n- config_name: x")).toBe(
      'card README.md of a/b: the config "x" is listed twice',
    );
    const files = (text: string): string => messageOf(`configs:\n- config_name: x\n  data_files: ${text}`);
    const expected = "expected a path, a list of paths, or a list of a split and its path each";
    expect(files("{a: b}")).toBe(`card README.md of a/b: data_files of config "x" hold {"a":"b"}; ${expected}`);
    expect(files("[{split: a-b, path: c}]")).toContain('hold {"split":"a-b","path":"c"}; ');
    expect(files("[{split: a}]")).toContain('hold {"split":"a"}; ');
    expect(files("[{split: a, path: c}, {split: a, path: d}]")).toBe(
      'card README.md of a/b: config "x" lists the split "a" twice',
    );
  });

  it("does not unfold a bomb, and refuses a card beyond its bound", () => {
    const levels = Array.from(
      { length: 9 },
      (_, i) => `  l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(", ")}]`,
    );
    expect(messageOf(`configs:\n- config_name: x\n  l0: &l0 [x]\n${levels.join("\n")}`)).toContain("alias");
    expect(() => parseCard("x".repeat(limits.card + 1), "long")).toThrow(
      "card long: it is more than 32 MiB long, which is all that is read; see docs/safety.md",
    );
  });
});
