import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { requireRunFolder } from "./aim.ts";

const out = mkdtempSync(join(tmpdir(), "aim-"));
const run = join(out, "my-run");

function checkpoint(folder: string): void {
  mkdirSync(join(folder, "1_Pooling"), { recursive: true });
  for (const file of ["modules.json", "config.json", "1_Pooling/config.json"]) writeFileSync(join(folder, file), "{}");
  writeFileSync(join(folder, "model.safetensors"), "");
}

it("refuses a checkpoint, and a folder of training runs, with the folder that is meant", async () => {
  checkpoint(join(run, "checkpoint-500"));
  await expect(requireRunFolder(join(run, "checkpoint-500"))).rejects.toThrow(
    `${join(run, "checkpoint-500")} is a model itself; expected the one that checkpoints are in: ${run}`,
  );
  await expect(requireRunFolder(out)).rejects.toThrow(
    `watch: no model lies in ${out}, but in folders of it; expected the one that checkpoints are in: ${run}`,
  );
});

it("takes the folder of a run, also with a model of its own beside the checkpoints, and one that is not there", async () => {
  await expect(requireRunFolder(run)).resolves.toBeUndefined();
  writeFileSync(join(run, "config.json"), "{}");
  await expect(requireRunFolder(run)).resolves.toBeUndefined();
  await expect(requireRunFolder(join(out, "none"))).resolves.toBeUndefined();
  mkdirSync(join(out, "empty"));
  await expect(requireRunFolder(join(out, "empty"))).resolves.toBeUndefined();
});
