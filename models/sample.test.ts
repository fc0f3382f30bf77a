import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const hashOf = (path: string): string =>
  createHash("sha256")
    .update(readFileSync(join(import.meta.dirname, "sample", path)))
    .digest("hex");

// A checkout can damage them: by a large-file pointer in place of the table, or by other line ends.
it.each([
  ["0_StaticEmbedding/model.safetensors", "803f9007daf061054c019d6075bc725c0f4e59524d7ca2c3bfba52240f420317"],
  ["0_StaticEmbedding/tokenizer.json", "df9d8ddf7589fe84febc8d4a026574f7c5d5469a913709b184ff6d33ab448731"],
])("the sample model's %s is the published file", (path, hash) => {
  expect(hashOf(path)).toBe(hash);
});
