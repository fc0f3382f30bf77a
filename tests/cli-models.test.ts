import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { etagOf } from "../datasets/testing/hub-server.ts";
import { fixture, openCli, sample } from "./built-cli.ts";

const { cwd, pramana } = openCli();

/** Puts a model into the cache, with the list of its files, but without its weights. */
function cacheWithoutWeights(): void {
  const commit = "c".repeat(40);
  const repository = join(cwd, "cache/models--acme--model");
  const snapshot = join(repository, "snapshots", commit);
  cpSync(fixture, snapshot, { recursive: true, filter: (path) => !path.endsWith(".safetensors") });
  const paths = readdirSync(snapshot, { recursive: true, encoding: "utf8" }).filter((path) =>
    /\./.test(basename(path)),
  );
  const listed = paths.map((path) => {
    const content = readFileSync(join(snapshot, path));
    return [path, { size: content.length, blob_id: etagOf(path, content) }] as const;
  });
  const files = { ...Object.fromEntries(listed), "model.safetensors": { size: 1, blob_id: "1".repeat(40) } };
  for (const [folder, name, text] of [
    ["refs", "main", commit],
    ["trees", `${commit}.json`, JSON.stringify({ format_version: 1, files })],
  ]) {
    mkdirSync(join(repository, folder), { recursive: true });
    writeFileSync(join(repository, folder, name), text);
  }
}

describe("pramana models show", () => {
  it("tells what a folder runs as", async () => {
    const { code, out } = await pramana(["models", "show", fixture]);
    expect(code).toBe(0);
    expect(out).toMatch(/ \(folder\) runs\n/);
    expect(out).toContain("before a text  [CLS] (2)");
    expect(out).toMatch(/query +"Represent this sentence for searching relevant passages: "/);
  });

  it("tells it to programs, also of the built-in model", async () => {
    const { code, out } = await pramana(["models", "show", sample, "--format", "json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ id: sample, architecture: null, dims: 128, similarity: "cosine" });
  });

  it("takes the options that change it", async () => {
    const { out } = await pramana(["models", "show", fixture, "--max-tokens", "7"]);
    expect(out).toContain("7 tokens (--max-tokens)");
  });

  it("ends with 1 where a run is refused, with the same reason", async () => {
    cpSync(fixture, join(cwd, "odd"), { recursive: true });
    const path = join(cwd, "odd/config.json");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), hidden_act: "gelu_11" }));
    const { code, out } = await pramana(["models", "show", "./odd"]);
    expect(code).toBe(1);
    const refused = await pramana(["embed", "--model", "./odd"], '["a"]');
    expect(out).toContain(refused.err.replace("pramana: ", "").trim());
    expect(out).toContain("longest input");
  });

  it("looks at no weights that are not in the cache", async () => {
    cacheWithoutWeights();
    const { code, out } = await pramana(["models", "show", "acme/model"]);
    expect(out).toMatch(/^acme\/model \(ccccccc\) runs, as far as can be seen\n/);
    expect(out).toMatch(/Not seen\n {2}- hub: .*model\.safetensors.* is not in the cache folder/);
    expect(out).toMatch(/→ a vector +48 values/);
    expect(code).toBe(0);
  });

  it.each([
    [["models", "show", "bm25"], "bm25 is no repository"],
    [["models", "show", "./none"], "there is no folder ./none"],
    [["models", "show"], "missing required argument"],
  ])("refuses %j", async (args, message) => {
    const { code, err } = await pramana(args);
    expect([code, err.includes(message)]).toEqual([2, true]);
  });

  it("is where --explain points to", async () => {
    const { err } = await pramana(["run", "--model", fixture, "--tasks", "SciFact", "--explain"]);
    expect(err).toContain(`: pramana models show ${fixture}\n`);
  });
});
