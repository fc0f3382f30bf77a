import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import type { Snapshot } from "../datasets/hub.ts";
import { joinRevisions } from "./joined-revision.ts";
import { mayHoldLora } from "./repository/lora-weights.ts";
import { basesOf } from "./repository/spec.ts";
import { mayHoldWeights } from "./repository/weights.ts";

/**
 * Returns the commit of a repository, or for a folder the hash of the files that make the model. For an adapter whose
 * model lies elsewhere it is a hash of both.
 * @param bases Those models' repositories, where they are open already (`basesIn`).
 */
export async function revisionOf(snapshot: Snapshot, bases?: readonly Snapshot[]): Promise<string> {
  const own = snapshot.revision === "local" ? await hashOf(snapshot) : snapshot.revision;
  const others = bases ?? (await basesOf(snapshot));
  if (others.length === 0) return own;
  const revisions = await Promise.all(others.map((base) => revisionOf(base, [])));
  return joinRevisions([own, ...revisions]);
}

async function hashOf(snapshot: Snapshot): Promise<string> {
  const all = await snapshot.files();
  const files = all
    .filter(
      (file) =>
        /\.(json|safetensors|onnx|onnx_data|data|txt|model|jinja|metadata)$/.test(file) ||
        mayHoldLora(file) ||
        mayHoldWeights(file, all),
    )
    .sort();
  const hash = createHash("sha256");
  for (const file of files) {
    hash.update(`${file}\0`);
    for await (const chunk of createReadStream(await snapshot.resolve(file))) hash.update(chunk);
  }
  return hash.digest("hex").slice(0, 40);
}
