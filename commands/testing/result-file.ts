import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes a result of acme/own at abc, as mteb would, with one score; returns the folder it lies in. */
export function writeResult(results: string, task: string, score: number, subset = "default"): string {
  const folder = join(results, "acme__own", "abc");
  mkdirSync(folder, { recursive: true });
  const entry = { hf_subset: subset, languages: ["eng-Latn"], main_score: score, accuracy: score };
  const file = {
    task_name: task,
    dataset_revision: "0123",
    mteb_version: "2.26.24",
    scores: { test: [entry] },
    evaluation_time: 1,
  };
  writeFileSync(join(folder, `${task}.json`), JSON.stringify(file));
  return folder;
}
