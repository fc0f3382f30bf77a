import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { getTask } from "../../tasks/index.ts";
import type { TaskSpec } from "../../tasks/task.ts";
import { readTried, unspaced } from "./tried.ts";
import { promptsWith, textFor } from "./variants.ts";

const folder = mkdtempSync(join(tmpdir(), "pramana-tried-"));

/** Writes a file of prompts and returns its path. */
function fileOf(content: string): string {
  const path = join(folder, "prompts");
  writeFileSync(path, content);
  return path;
}

describe("unspaced", () => {
  it("tells of prompts that run into the text's first word", async () => {
    const tried = await readTried({
      prompt: ["query", "query: ", "query:", "a {text} b", "検索"],
      instruction: ["find"],
    });
    expect(unspaced(tried)).toEqual([
      'prompt query: "query" has no blank at its end, so that its last word and a text\'s first become one; "query " keeps them apart',
    ]);
  });
});

describe("readTried", () => {
  it.each(["", "\n\n", "[]", "{}"])("names a file without a prompt: %j", async (content) => {
    await expect(readTried({ prompts: fileOf(content) })).rejects.toThrow(
      /^--prompts .*: it holds no prompt; expected /,
    );
  });

  it("names a prompt by its first words, and the second of two alike by a number", async () => {
    expect(
      await readTried({ prompt: ["query: ", "Query:", "Instruct: x\\nQuery: ", "¿?"], instruction: ["query"] }),
    ).toEqual([
      { name: "query", text: "query: " },
      { name: "query-2", text: "Query:" },
      { name: "instruct-x-query", text: "Instruct: x\nQuery: " },
      { name: "prompt", text: "¿?" },
      { name: "query-3", instruction: "query" },
    ]);
  });

  it.each([
    [
      'query: \n\n"a, b\\n"\nc\\td\n',
      [
        { name: "query", text: "query: " },
        { name: "a-b", text: "a, b\n" },
        { name: "c-d", text: "c\td" },
      ],
    ],
    [
      '["a ", {"instruction": "b"}]',
      [
        { name: "a", text: "a " },
        { name: "b", instruction: "b" },
      ],
    ],
    [
      '{"mine": "a ", "b": {"text": "c\\\\n"}}',
      [
        { name: "mine", text: "a " },
        { name: "b", text: "c\\n" },
      ],
    ],
  ])("reads a file: %j", async (content, expected) => {
    expect(await readTried({ prompts: fileOf(content) })).toEqual(expected);
  });

  it.each([
    ['{"query": "search: ", "document": ""}', "document is a key of a table for `pramana run --prompts`"],
    ['{"none": "a"}', "none is the name of a row that is there anyway"],
    ['{"a,b": "a"}', '"a,b" cannot be a prompt\'s name'],
    ['{"a": 3}', "3 is no prompt"],
    ['{"a": {"text": "b", "instruction": "c"}}', "is no prompt"],
    ['["a", "a"]', '"a" is given twice, as a and a-2'],
    ["[", "not valid JSON"],
  ])("refuses a file: %j", async (content, message) => {
    await expect(readTried({ prompts: fileOf(content) })).rejects.toThrow(message);
  });
});

const retrieval: TaskSpec = { ...getTask("MiniRetrieval"), prompt: { query: "Find what answers", document: "d" } };
const sts = getTask("MiniSTS");
const own = { id: "own/model", prompts: { query: "q: ", document: "d: " }, defaultPromptName: null };
const instruct = {
  template: "Instruct: {instruction}\nQuery: ",
  applyToDocuments: false,
  instructions: { STS: "Old" },
};

describe("textFor", () => {
  it("puts an instruction into the model's template, and the task's own into a text", () => {
    const told = { name: "a", instruction: "Find it" };
    expect(textFor(told, { ...own, instruct }, retrieval)).toBe("Instruct: Find it\nQuery: ");
    expect(textFor(told, { ...own, instruct }, sts)).toBe("Instruct: Find it\nQuery: ");
    const template = { name: "b", text: "<{instruction}> {text}" };
    expect(textFor(template, own, retrieval)).toBe("<Find what answers> {text}");
    expect(textFor(template, { ...own, instruct }, sts)).toBe("<Old> {text}");
  });

  it("refuses what would be taken literally or has no form", () => {
    expect(() => textFor({ name: "a", text: "{task}: " }, own, sts)).toThrow(
      'prompt a: "{task}: " holds {task}; expected no words',
    );
    expect(() => textFor({ name: "a", instruction: "{text}" }, { ...own, instruct }, sts)).toThrow("in an instruction");
    expect(() => textFor({ name: "a", instruction: "b" }, own, sts)).toThrow("own/model takes no instructions");
    const silent: TaskSpec = { ...retrieval, prompt: { document: "d" } };
    expect(() => textFor({ name: "a", text: "{instruction}" }, own, silent)).toThrow(
      "task MiniRetrieval has no instruction",
    );
  });
});

it("what is tried stands before queries and texts, and documents keep the model's own", () => {
  expect(promptsWith("x ", own, retrieval).prompts).toEqual({
    MiniRetrieval: "x ",
    "MiniRetrieval-query": "x ",
    "MiniRetrieval-document": "d: ",
  });
});
