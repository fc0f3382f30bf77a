/** The two models whose samples simulations mix: one, and its vectors cut. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { referenceMaterial, root } from "../prepare.mjs";

const model = "pramana/static-minilm-128";
/** Their names in results. */
export const models = [model, `${model}@64d`];
/** Options of the second model. */
const cut = ["--dimensions", "64"];
const taskFile = join(root, "scripts/parity/tasks.json");

/** Tasks of the parity check. */
const own = ["SickEntailmentPairs", "TrecQARetrieval", "TrecQAReranking", "SickSummaries"];

/**
 * Runs both models over tasks, the catalogue's and those of the parity check; returns the folder of their results.
 * @param there A folder that holds the results already.
 */
export function runTwoModels(tasks, there) {
  if (there !== undefined) return there;
  const shared = referenceMaterial("stopping");
  const results = mkdtempSync(join(tmpdir(), "pramana-stopping-"));
  process.on("exit", () => rmSync(results, { recursive: true }));
  const env = { ...process.env, HF_HUB_CACHE: join(shared, "hub"), HF_HUB_OFFLINE: "1" };
  const each = [...new Set(tasks)];
  const official = each.filter((name) => !own.includes(name));
  const others = each.filter((name) => own.includes(name));
  const chosen = [
    ["--tasks", official.join(), "--benchmark", "MTEB(eng, v1)"],
    ["--tasks", others.join(), "--task-file", taskFile],
  ];
  for (const more of [[], cut]) {
    for (const args of chosen) {
      const all = ["run", "--model", model, ...more, ...args, "--results", results];
      const { status, stderr } = spawnSync(process.execPath, [join(root, "dist/cli.js"), ...all], {
        env,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(`stopping: ${stderr}`);
    }
  }
  return results;
}
