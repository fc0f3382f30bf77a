import { describe, expect, it } from "vitest";
import { ownPrompting, withPrompts } from "../models/prompts/prompting.ts";
import { getTask } from "../tasks/index.ts";
import { promptTable } from "./prompt-table.ts";

const model = (id: string) => ({
  id,
  ...ownPrompting(id, { prompts: { Retrieval: "find | ", other: "o" }, defaultPromptName: null }),
});
const tasks = ["STS12", "SciFact", "MiniSTS"].map((name) => getTask(name));

/** Cells of a table's rows, without padding. */
const cells = (table: string): string[][] =>
  table
    .trimEnd()
    .split("\n")
    .slice(2)
    .map((line) => line.slice(2, -2).split(/ +\| /).map((cell) => cell.trim())); // biome-ignore format: short

describe("promptTable", () => {
  it("shows each task and role with its prompt, to the last blank, and who gave it under which key", () => {
    expect(promptTable(model("org/model"), tasks.slice(0, 2))).toBe(
      [
        "| Task    | Type      | Role     | Prompt     | From                  |",
        "| ------- | --------- | -------- | ---------- | --------------------- |",
        "| STS12   | STS       | —        | —          | —                     |",
        '| SciFact | Retrieval | query    | "find \\| " | repository: Retrieval |',
        '| SciFact | Retrieval | document | "find \\| " | repository: Retrieval |',
        "",
      ].join("\n"),
    );
  });

  it("shows the adapters of a model that has any", () => {
    const adapters = { names: ["a", "b"], required: false };
    const chosen = { ...model("org/model"), adapters, adapterChoice: { byTask: { Retrieval: "a" } } };
    expect(cells(promptTable(chosen, tasks)).map((row) => row.at(-1))).toEqual(["—", "a", "a", "—"]);
  });

  it("names the model's publisher, the task, the type, the user", () => {
    const from = (model: Parameters<typeof promptTable>[0]) =>
      cells(promptTable(model, tasks)).map((row) => row.at(-1));
    expect(from(model("Tarka-AIR/Tarka-Embedding-350M-V1"))).toEqual([
      "published: STS12",
      "published: SciFact",
      "—",
      "task type: STS",
    ]);
    expect(from(model("intfloat/e5-mistral-7b-instruct"))).toEqual([
      "task type: STS",
      "task: SciFact",
      "—",
      "task type: STS",
    ]);
    const given = withPrompts(model("org/model"), { prompts: { STS: "s", document: "" } });
    expect(from(given)).toEqual(["--prompts: STS", "—", "--prompts: document", "--prompts: STS"]);
  });
});
