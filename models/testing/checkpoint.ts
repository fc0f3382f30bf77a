import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { hubSettings, openSnapshot, type Snapshot } from "../../datasets/hub.ts";

/** Shapes by the tensors' names. */
export type Shapes = Readonly<Record<string, readonly number[]>>;

type ValuesOf = (name: string, count: number) => Float32Array | Uint16Array;

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, dim) => product * dim, 1);

/** Writes a safetensors file of tensors in their order: numbers are F32, the bits of 16-bit numbers BF16. */
export function safetensorsOf(shapes: Shapes, valuesOf: ValuesOf = (_, count) => new Float32Array(count)): Uint8Array {
  const header: Record<string, unknown> = {};
  let end = 0;
  const values = Object.entries(shapes).map(([name, shape]) => {
    const stored = valuesOf(name, sizeOf(shape));
    const bytes = Buffer.from(stored.buffer);
    const dtype = stored instanceof Uint16Array ? "BF16" : "F32";
    header[name] = { dtype, shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
    return bytes;
  });
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, ...values]);
}

/** Draws the weights of `made_up_weights.py` by a linear congruential generator, tensor by tensor, around a mean. */
export function madeUpValues(meanOf: (name: string) => number): (name: string, count: number) => Float32Array {
  let state = 12345;
  return (name, count) =>
    Float32Array.from({ length: count }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return (state / 2 ** 32 - 0.5) * 0.8 + meanOf(name);
    });
}

/** Opens a folder as a model's repository. */
export const openFolder = (folder: string): Promise<Snapshot> =>
  openSnapshot({ kind: "model", id: folder }, hubSettings({ HF_HUB_OFFLINE: "1" }));

/** Writes files to a new folder, and opens it as a model's repository. */
export function folderSnapshot(files: Readonly<Record<string, string | Uint8Array>>): Promise<Snapshot> {
  const folder = mkdtempSync(join(tmpdir(), "pramana-checkpoint-"));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return openFolder(folder);
}
