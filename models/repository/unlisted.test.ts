import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openRepository } from "../index.ts";
import { openFolder } from "../testing/checkpoint.ts";
import { readPrompts, readRepository } from "./repository.ts";

const fixture = fileURLToPath(new URL("../fixtures/bert-mean", import.meta.url));

/** Copies the checkpoint with settings that would change its vectors, and other values in its config. */
function copied(config: object = {}): string {
  const folder = mkdtempSync(join(tmpdir(), "pramana-unlisted-"));
  cpSync(fixture, folder, { recursive: true });
  const write = (name: string, values: object) => writeFileSync(join(folder, name), JSON.stringify(values));
  write("sentence_bert_config.json", { max_seq_length: 4, do_lower_case: true });
  write("config_sentence_transformers.json", {
    prompts: { query: "query: " },
    default_prompt_name: "query",
    similarity_fn_name: "dot",
    truncate_dim: 2,
  });
  write("config.json", { ...JSON.parse(readFileSync(join(fixture, "config.json"), "utf8")), ...config });
  return folder;
}

/** The same without its list of modules. */
function unlisted(config?: object): string {
  const folder = copied(config);
  rmSync(join(folder, "modules.json"));
  return folder;
}

describe("a repository that lists no modules", () => {
  it("is read without its settings, as sentence-transformers 6.2 reads it", async () => {
    const spec = await readRepository(await openFolder(unlisted()));
    expect(spec).toMatchObject({ prompts: {}, defaultPromptName: null, similarity: "cosine" });
    expect(spec.modules.map(({ type }) => type)).toEqual(["Transformer", "Pooling"]);
    expect(spec.modules[0]).toMatchObject({ lowerCase: false });
    expect(spec.modules[0]).not.toHaveProperty("maxTokens");
    const prompts = await readPrompts(await openFolder(unlisted()));
    expect(prompts).toMatchObject({ prompts: {}, defaultPromptName: null });
    const listed = await readRepository(await openFolder(copied()));
    expect(listed).toMatchObject({ defaultPromptName: "query", similarity: "dot" });
    expect(listed.modules[0]).toMatchObject({ lowerCase: true, maxTokens: 4 });
  });

  it("gives the vectors of sentence-transformers, and a line that names what is not read", async () => {
    const folder = unlisted();
    const lines: string[] = [];
    const warn = (line: string) => void lines.push(line);
    const encoder = await openRepository(await openFolder(folder), { device: "cpu", threads: 1, warn });
    const { data, dims } = await encoder.encode(["The quick brown fox jumps over the lazy dog."]);
    await encoder.close();
    expect(dims).toBe(48);
    // sentence-transformers 6.2.0 with transformers 5.24.0, of the same folder.
    const first = [0.131536, 0.07293, 0.409764, 0.119378, -0.584957, -0.491131];
    for (const [i, value] of first.entries()) expect(data[i]).toBeCloseTo(value, 5);
    expect(lines).toEqual([
      `model: ${folder} has no modules.json, without which sentence-transformers does not read config_sentence_transformers.json, sentence_bert_config.json; nor is it read here`,
    ]);
  });

  it.each([
    ["BertForCausalLM", {}, "lasttoken"],
    ["BertForCausalLM", { is_causal: true }, "lasttoken"],
    ["BertForCausalLM", { is_causal: false }, "mean"],
    ["BertForMaskedLM", { is_causal: true }, "mean"],
  ])("of the class %s with %j is pooled by %3$s", async (name, config, mode) => {
    const { modules } = await readRepository(await openFolder(unlisted({ architectures: [name], ...config })));
    expect(modules[1]).toMatchObject({ type: "Pooling", modes: [mode] });
  });
});
