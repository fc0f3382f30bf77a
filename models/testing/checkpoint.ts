import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hubSettings, openSnapshot, type Snapshot } from "../../datasets/hub.ts";

/** Shapes by the tensors' names. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

/** A safetensors file of single-precision tensors, in their order. */
export function safetensorsOf(
  shapes: Shapes,
  valuesOf = (_name: string, count: number): Float32Array => new Float32Array(count),
): Uint8Array {
  const header: Record<string, unknown> = {};
  let end = 0;
  const values = Object.entries(shapes).map(([name, shape]) => {
    const bytes = Buffer.from(valuesOf(name, sizeOf(shape)).buffer);
    header[name] = { dtype: "F32", shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
    return bytes;
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
