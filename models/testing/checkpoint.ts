import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hubSettings, openSnapshot, type Snapshot } from "../../datasets/hub.ts";

/** A safetensors file of single-precision tensors, each filled with its place among them. */
export function safetensorsOf(shapes: Readonly<Record<string, readonly number[]>>): Uint8Array {
  const header: Record<string, unknown> = {};
  let end = 0;
  const values = Object.entries(shapes).map(([name, shape], place) => {
    const count = shape.reduce((product, dim) => product * dim, 1);
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + 4 * count] };
    end += 4 * count;
    return Buffer.from(new Float32Array(count).fill(place).buffer);
  });
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...values]);
}

/** A model's folder that holds these files. */
export function folderSnapshot(files: Readonly<Record<string, string | Uint8Array>>): Promise<Snapshot> {
  const folder = mkdtempSync(join(tmpdir(), "pramana-checkpoint-"));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" }));
}
