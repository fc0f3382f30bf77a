import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { hubSettings, openSnapshot } from "../../datasets/hub.ts";
import { safetensorsOf } from "../../models/testing/checkpoint.ts";
import { faultOf, lookAt, lookInto } from "./checkpoint.ts";

const fixture = fileURLToPath(new URL("../../models/fixtures/bert-mean", import.meta.url));

function copy(): string {
  const folder = join(mkdtempSync(join(tmpdir(), "pramana-watch-")), "checkpoint-500");
  cpSync(fixture, folder, { recursive: true });
  return folder;
}

const fault = async (folder: string, exported = false) =>
  faultOf(await openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" })), exported);

describe("faultOf", () => {
  it("finds none in a whole checkpoint, a trainer's own files beside it", async () => {
    const folder = copy();
    writeFileSync(join(folder, "trainer_state.json"), '{"loss": NaN}');
    writeFileSync(join(folder, "optimizer.pt"), "half of it");
    expect(await fault(folder)).toBeUndefined();
  });

  it("finds weights that are shorter than their header says, at any length", async () => {
    const folder = copy();
    const weights = join(folder, "model.safetensors");
    const { length } = readFileSync(weights);
    for (const size of [length - 1, Math.floor(length / 2), 100, 4, 0]) {
      truncateSync(weights, size);
      expect(await fault(folder)).toMatch(/model\.safetensors is not a whole safetensors file: [^;]+$/);
    }
  });

  it("finds weights that are longer than their header says", async () => {
    const folder = copy();
    appendFileSync(join(folder, "model.safetensors"), "more");
    expect(await fault(folder)).toMatch(/is not a whole safetensors file/);
  });

  it.each(["config.json", "modules.json", "tokenizer.json", "1_Pooling/config.json"])(
    "finds half a %s",
    async (file) => {
      const folder = copy();
      truncateSync(join(folder, file), 20);
      expect(await fault(folder)).toContain(`${file} is not valid JSON: `);
    },
  );

  it("finds a shard that the index lists and that is not there", async () => {
    const folder = copy();
    rmSync(join(folder, "model.safetensors"));
    const index = { weight_map: { a: "model-1-of-2.safetensors", b: "model-2-of-2.safetensors" } };
    writeFileSync(join(folder, "model.safetensors.index.json"), JSON.stringify(index));
    writeFileSync(join(folder, "model-1-of-2.safetensors"), safetensorsOf({ a: [2] }));
    expect(await fault(folder)).toMatch(/lists model-2-of-2\.safetensors, which the repository has not$/);
    writeFileSync(join(folder, "model-2-of-2.safetensors"), safetensorsOf({ b: [2] }));
    expect(await fault(folder)).toBeUndefined();
  });

  it("asks for the exported model where that is what will be run", async () => {
    expect(await fault(copy(), true)).toContain("there is no file onnx/model.onnx");
  });

  it("finds a module whose folder is not there yet", async () => {
    const folder = copy();
    rmSync(join(folder, "1_Pooling"), { recursive: true });
    expect(await fault(folder)).toContain("has no 1_Pooling/config.json, which its module");
  });

  it("says that a checkpoint is gone, and does not break", async () => {
    const folder = copy();
    const snapshot = await openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" }));
    rmSync(folder, { recursive: true });
    expect(await faultOf(snapshot, false)).toContain("ENOENT");
  });
});

describe("lookInto", () => {
  it("lists folders with their files, links followed, without those passed over", async () => {
    const parent = mkdtempSync(join(tmpdir(), "pramana-watch-"));
    mkdirSync(join(parent, "checkpoint-1/sub"), { recursive: true });
    writeFileSync(join(parent, "checkpoint-1/sub/b.txt"), "bb");
    writeFileSync(join(parent, "checkpoint-1/a.txt"), "a");
    writeFileSync(join(parent, "file.txt"), "no folder");
    mkdirSync(join(parent, "pramana"));
    symlinkSync("checkpoint-1", join(parent, "best"));
    symlinkSync("nowhere", join(parent, "broken"));
    const found = await lookInto(parent, (name) => name === "pramana");
    const files = [
      { path: "a.txt", size: 1, changed: expect.any(Number) },
      { path: "sub/b.txt", size: 2, changed: expect.any(Number) },
    ];
    expect(found?.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
      { name: "best", files },
      { name: "checkpoint-1", files },
    ]);
    expect(await lookAt(parent, "gone")).toBeUndefined();
  });

  it("tells a folder that is not there from one that cannot be read", async () => {
    const parent = mkdtempSync(join(tmpdir(), "pramana-watch-"));
    const file = join(parent, "file");
    writeFileSync(file, "");
    expect(await lookInto(join(parent, "later"), () => false)).toBeUndefined();
    await expect(lookInto(file, () => false)).rejects.toThrow(
      /^watch: .*file cannot be read: ENOTDIR.*; expected the folder that a trainer writes checkpoints to$/,
    );
  });
});
