import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { openByKind } from "../models/kinds.ts";
import type { ModelOptions } from "../models/open-modules.ts";
import { madeUpValues, openFolder, type Shapes, safetensorsOf } from "../models/testing/checkpoint.ts";
import { plainKernels } from "../models/testing/plain-kernels.ts";
import { scoreInput } from "./score.ts";

interface Case {
  readonly name: string;
  readonly base: string;
  /** What sentence-transformers saves beside the tokenizer, by the files' names. */
  readonly files: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tensors: Shapes;
  readonly scores: readonly (readonly number[])[];
}
const { queries, documents, cases }: { queries: string[]; documents: string[]; cases: Case[] } = JSON.parse(
  readFileSync(fileURLToPath(new URL("../models/fixtures/head-adapters.json", import.meta.url)), "utf8"),
);
const shared = sharedFolder();
const models = join(shared ?? "", "model-kinds/models");
const drawnValues = () => madeUpValues((name) => (/norm/i.test(name) ? 1 : 0));

/** Writes the repository of an adapter, whose model lies elsewhere. */
function adapterOf({ base, files, config, tensors }: Omit<Case, "name" | "scores">) {
  const folder = mkdtempSync(join(tmpdir(), "pramana-head-adapter-"));
  cpSync(join(models, base), folder, { recursive: true });
  for (const name of ["config.json", "model.safetensors"]) rmSync(join(folder, name));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(content));
  const named = { ...config, base_model_name_or_path: join(models, base) };
  writeFileSync(join(folder, "adapter_config.json"), JSON.stringify(named));
  writeFileSync(join(folder, "adapter_model.safetensors"), safetensorsOf(tensors, drawnValues()));
  return folder;
}

async function score(folder: string, options: Partial<ModelOptions> = {}): Promise<number[]> {
  const model = await openByKind(await openFolder(folder), { device: "cpu", threads: 1, ...options });
  const settings = { kernels: plainKernels, signal: new AbortController().signal };
  const made = await scoreInput(model, { queries, documents }, settings).finally(() => model.close());
  return made.flat();
}

const off = (made: readonly number[], expected: readonly (readonly number[])[]): number => {
  const all = expected.flat();
  return Math.max(...made.map((value, i) => Math.abs(value - all[i]) / Math.max(1, Math.abs(all[i]))));
};

describe.runIf(shared !== undefined)("adapters of models that rank, against sentence-transformers", () => {
  it.each(cases)("$name", async ({ scores, ...one }) => {
    expect(off(await score(adapterOf(one)), scores)).toBeLessThan(1e-5);
    // Without its adapter, or without what it adds to the head, the model is another.
    expect(off(await score(join(models, one.base)), scores)).toBeGreaterThan(1e-3);
  });

  it("a head that was trained apart from the embeddings that it is tied to is refused, as is one over the answer", async () => {
    const find = (base: string): Case => cases.find((one) => one.base === base) as Case;
    const splade = find("sparse-splade-bert");
    const saved = { "base_model.model.cls.predictions.decoder.weight": [400, 32] };
    const answer = {
      "base_model.model.lm_head.lora_A.weight": [2, 32],
      "base_model.model.lm_head.lora_B.weight": [400, 2],
    };
    for (const [one, more] of [
      [splade, saved],
      [find("ce-qwen3-yesno"), answer],
    ] as const) {
      const folder = adapterOf({ ...one, tensors: { ...one.tensors, ...more } });
      const [first] = Object.keys(more);
      await expect(score(folder)).rejects.toThrow(`left over are ${first.replace("base_model.model.", "")}`);
      await expect(score(folder)).rejects.toThrow("; merge it in a copy (PEFT's merge_and_unload)");
    }
  });
});
