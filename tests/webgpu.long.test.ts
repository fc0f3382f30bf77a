import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { builtCli } from "./built-cli.ts";

/** Debian's chromium brings SwiftShader, a GPU made of the processor, and the Vulkan loader. */
const chromium = "/usr/lib/chromium";
const driver = join(chromium, "vk_swiftshader_icd.json");
const env = { ...process.env, LD_LIBRARY_PATH: chromium, VK_ICD_FILENAMES: driver, XDG_RUNTIME_DIR: tmpdir() };

const run = (...args: readonly string[]): string =>
  execFileSync(process.execPath, args, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

describe.skipIf(!existsSync(driver))("a GPU over WebGPU", () => {
  it("is found by doctor", () => {
    expect(run(builtCli, "doctor", "--device", "webgpu")).toContain("GPU       one computes, over Vulkan");
  });

  it("is not taken by --device auto, being the processor", () => {
    expect(run(builtCli, "doctor", "--device", "auto")).toMatch(
      /auto takes cpu; .*webgpu (?:may compute on|has only .*, which is) the processor/,
    );
  });

  it("makes the processor's vectors, and leaves nothing of them to it unasked", () => {
    // One that is masked by numbers, and one of groups of heads with windows and turned positions; .ci/run tries all.
    const dense = ["bert-mean", "gemma3-bidirectional"].map((name) =>
      fileURLToPath(new URL(`../models/fixtures/${name}`, import.meta.url)),
    );
    const shared = sharedFolder();
    const ranking = ["ce-bert-sigmoid", "sparse-splade-bert", "mv-bert-st6"];
    const heads = shared === undefined ? [] : ranking.map((name) => join(shared, "model-kinds/models", name));
    const models = [...dense, ...heads];
    const printed = run(fileURLToPath(new URL("../scripts/webgpu.mjs", import.meta.url)), ...models);
    const compared = printed
      .trimEnd()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line));
    expect(compared.map(({ model }) => model)).toEqual(models);
    for (const { values, difference, fallbacks } of compared) {
      expect(values).toBeGreaterThan(4);
      expect(difference).toBeLessThan(1e-5);
      expect(fallbacks).toEqual([]);
    }
  }, 240_000);
});
