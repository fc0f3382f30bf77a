import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();

/** Stores a result of a task of mteb as if it had been run. */
function store(model: string, revision: string): void {
  const folder = join(cwd, "results", model.replace("/", "__"), revision);
  mkdirSync(folder, { recursive: true });
  const entry = { cosine_spearman: 0.5, main_score: 0.5, hf_subset: "default", languages: ["eng-Latn"] };
  const result = {
    dataset_revision: "a0d554a64d88156834ff5ae9920b964011b16384",
    ...{ task_name: "STS12", mteb_version: "2.26.24", scores: { test: [entry] }, evaluation_time: 1, date: 1795251851 },
  };
  writeFileSync(join(folder, "STS12.json"), JSON.stringify(result));
  writeFileSync(join(folder, "model_meta.json"), JSON.stringify({ name: model, revision }));
}

describe("pramana publish", () => {
  it("shows what it would write, writes it where a folder is named, and merges with what is there", async () => {
    store("acme/embed", "0123abc");
    const shown = await pramana(["publish", "--model", "acme/embed"]);
    expect([shown.code, shown.err]).toEqual([0, ""]);
    expect(shown.out).toContain("acme/embed at 0123abc, 4 files:");
    expect(shown.out).toContain("nothing was written: --to FOLDER writes them; nothing is ever sent");
    writeFileSync(join(cwd, "card.md"), "---\nlicense: mit\n---\nText.\n");
    const first = await pramana(["publish", "--model", "acme/embed@0123", "--to", "out", "--card", "card.md"]);
    expect(first.code).toBe(0);
    const card = readFileSync(join(cwd, "out/model/README.md"), "utf8");
    expect(card).toMatch(/^---\nlicense: mit\ntags:\n {2}- mteb\nmodel-index:\n[\s\S]*---\nText\.\n$/);
    for (const file of ["results/acme__embed/0123abc/STS12.json", "model/.eval_results/STS12.yaml"])
      expect(existsSync(join(cwd, "out", file))).toBe(true);
    await pramana(["publish", "--model", "acme/embed", "--to", "out"]);
    expect(readFileSync(join(cwd, "out/model/README.md"), "utf8")).toBe(card);
    // What is published is a folder of results itself.
    const board = await pramana(["leaderboard", "--results", "out/results", "--format", "csv"]);
    expect(board.out).toContain("acme/embed,0123abc");
  });

  it("refuses what nobody could find or repeat", async () => {
    const mini = await pramana(["run", "--model", sample, "--tasks", "MiniSTS", "--results", "mini"]);
    expect(mini.code).toBe(0);
    const own = await pramana(["publish", "--model", "mini"]);
    expect([own.code, own.err]).toEqual([2, expect.stringContaining("is no model of the Hub; --name ORG/MODEL")]);
    const name = ["--name", "acme/mini", "--revision", "9f2c1e7"];
    const none = await pramana(["publish", "--model", "mini", ...name]);
    expect([none.code, none.err]).toEqual([1, expect.stringContaining("MiniSTS: no task of mteb")]);
    store("acme/bare", "0123abc");
    rmSync(join(cwd, "results/acme__bare/0123abc/model_meta.json"));
    const bare = await pramana(["publish", "--model", "acme/bare"]);
    expect([bare.code, bare.err]).toEqual([
      1,
      expect.stringMatching(/^pramana: publish: .*model_meta\.json cannot be read/),
    ]);
    const card = await pramana(["publish", "--model", "acme/embed", "--card", "none.md"]);
    const file = await pramana(["publish", "--model", "acme/embed", "--to", "card.md"]);
    expect([file.code, file.err]).toEqual([
      2,
      expect.stringContaining("publish: --to card.md is a file; name a folder"),
    ]);
    expect([card.code, card.err]).toEqual([2, expect.stringContaining("the card: there is no file none.md in ")]);
  });
});
