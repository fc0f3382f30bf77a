import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { openRepository } from "../index.ts";
import { revisionOf } from "../revision.ts";
import { openChatTemplate } from "./chat-template.ts";
import { openTokenizer } from "./tokenizer.ts";

const fixtures = fileURLToPath(new URL("../fixtures", import.meta.url));
const { texts, cases } = JSON.parse(readFileSync(join(fixtures, "chat-templates.json"), "utf8")) as {
  texts: string[];
  cases: { name: string; template: string; prompt: string; ids: number[][] }[];
};

/** Copies a model, as one that sentence-transformers did not save, and adds files. */
function withFiles(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "pramana-chat-"));
  cpSync(join(fixtures, "bert-mean"), folder, { recursive: true });
  rmSync(join(folder, "modules.json"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}
const snapshotOf = (folder: string) =>
  openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" }));
const open = async (folder: string) =>
  openTokenizer(await snapshotOf(folder), {
    folder: "",
    specialTokens: true,
    messages: "auto",
    maxPositions: JSON.parse(readFileSync(join(folder, "config.json"), "utf8")).max_position_embeddings,
  });
const template = (text: string) => openChatTemplate("place", text, "auto", {});

describe("texts in a chat template", () => {
  it.each(cases)("$name, behind '$prompt': the ids are sentence-transformers'", async ({ template, prompt, ids }) => {
    const { encodeMessages } = await open(withFiles({ "chat_template.jinja": template }));
    expect((await encodeMessages!(texts, prompt)).map((row) => [...row.ids])).toEqual(ids);
  });

  it("is found in tokenizer_config.json too, behind the file", async () => {
    const config = JSON.parse(readFileSync(join(fixtures, "bert-mean/tokenizer_config.json"), "utf8"));
    const inConfig = { "tokenizer_config.json": JSON.stringify({ ...config, chat_template: "[MASK]" }) };
    const idsOf = async (files: Record<string, string>) => [
      ...(await (await open(withFiles(files))).encodeMessages!(["a"], ""))[0].ids,
    ];
    expect(await idsOf(inConfig)).toEqual([4]);
    expect(await idsOf({ ...inConfig, "chat_template.jinja": "[SEP]" })).toEqual([3]);
  });

  it("is counted in the revision of a folder", async () => {
    const revisionWith = async (text: string) =>
      revisionOf(await snapshotOf(withFiles({ "chat_template.jinja": text })));
    const [one, again, other] = await Promise.all(["a", "a", "b"].map(revisionWith));
    expect([one === again, one === other]).toEqual([true, false]);
  });

  it("vectors are those of the rendered text, with a prompt as a message of its own", async () => {
    const folder = withFiles({ "chat_template.jinja": cases[0].template });
    const encoder = await openRepository(await snapshotOf(folder), { device: "cpu", threads: 1 });
    const vectorOf = async (prompt: string) => (await encoder.encode(["a"], { prompt })).data;
    const vectors = [await vectorOf(""), await vectorOf("a"), await vectorOf("<{text}>")];
    await encoder.close();
    expect(new Set(vectors.map(String)).size).toBe(3);
  });
});

describe("chat templates that are refused", () => {
  it.each([
    ["{% for %}", /^model: place: its chat template cannot be used: /],
    ["{{ raise_exception('no system') }}", /its chat template cannot be used: no system$/],
    ["{% if task == 'query' %}q{% endif %}", /cannot be used: it reads the task of a text, which it is not told$/],
    ["{{ strftime_now('%d') }}", /it writes today's date \(strftime_now\)/],
    [
      "{{ messages[0].content.constructor.constructor('return process')() }}",
      /cannot be used: it calls something that there is not$/,
    ],
    [
      `{{ ${"(".repeat(3000)}1${")".repeat(3000)} }}`,
      /cannot be used: it nests too deeply, calls itself without end, /,
    ],
    ["{{ 'a\nb' | indent(1000000000) }}", /or makes too long a text$/],
  ])("case %#", async (text, message) => {
    const failure = await (async () => template(text).render(["a"], ""))().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InputError);
    expect((failure as Error).message).toMatch(message);
  });

  it.each([
    ["{{ 'task' }}{{ messages[0].task }}", "task"],
    ["{% set task = 'b' %}{{ task }}", "b"],
  ])("%s is none of them, for it reads no task", async (text, rendered) => {
    expect(await template(text).render(["a"], "")).toEqual([rendered]);
  });

  it("one that fills the memory ends its own process; the next text has another", async () => {
    const doubled =
      "{% set ns = namespace(x=[1, 2]) %}{% for i in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}";
    const bomb = template(`{% if messages[0].content == 'b' %}${doubled}{% endif %}done`);
    await expect(bomb.render(["b"], "")).rejects.toThrow("place: its chat template cannot be used: it breaks down");
    expect(await bomb.render(["a"], "")).toEqual(["done"]);
  });

  it("several, or none", async () => {
    const expected =
      "takes messages of a chat, for which one chat template was expected, in chat_template.jinja or as text";
    await expect(open(withFiles({}))).rejects.toThrow(expected);
    const config = JSON.stringify({ chat_template: [{ name: "default", template: "" }] });
    await expect(open(withFiles({ "tokenizer_config.json": config }))).rejects.toThrow(expected);
  });
});
