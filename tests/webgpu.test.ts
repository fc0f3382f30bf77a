import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { builtCli } from "./built-cli.ts";

/** Debian's chromium brings SwiftShader, a GPU made of the processor, and the Vulkan loader. */
const chromium = "/usr/lib/chromium";
const driver = join(chromium, "vk_swiftshader_icd.json");
const env = { ...process.env, LD_LIBRARY_PATH: chromium, VK_ICD_FILENAMES: driver, XDG_RUNTIME_DIR: tmpdir() };

const folder = mkdtempSync(join(tmpdir(), "pramana-webgpu-"));
afterAll(() => rmSync(folder, { recursive: true }));

const run = (...args: readonly string[]): string =>
  execFileSync(process.execPath, [builtCli, ...args], { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

describe.skipIf(!existsSync(driver))("a GPU over WebGPU", () => {
  it("is found by doctor", () => {
    expect(run("doctor", "--device", "webgpu")).toContain("GPU       one computes, over Vulkan");
  });

  // An encoder that is masked by numbers, one with windows and turned positions, a causal one with groups of heads.
  it.each(["bert-mean", "modernbert-cls", "gemma3-bidirectional"])("makes the vectors of %s", (name) => {
    const model = fileURLToPath(new URL(`../models/fixtures/${name}`, import.meta.url));
    const [input, output] = [join(folder, `${name}.texts`), join(folder, `${name}.json`)];
    const { texts, cases } = JSON.parse(readFileSync(join(model, "expected.json"), "utf8"));
    writeFileSync(input, JSON.stringify(texts));
    run("embed", "--model", model, "--device", "webgpu", "--input", input, "--output", output);
    const vectors: number[] = JSON.parse(readFileSync(output, "utf8")).flat();
    const expected: number[] = cases[0].embeddings.flat();
    expect(vectors).toHaveLength(expected.length);
    expect(Math.max(...vectors.map((value, i) => Math.abs(value - (expected[i] ?? 0))))).toBeLessThan(1e-5);
  });
});
