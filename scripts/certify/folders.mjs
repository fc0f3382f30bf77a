import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const changedFolders = mkdtempSync(join(tmpdir(), "pramana-certify-"));
let made = 0;

/** Removed at the end. */
export const temporary = changedFolders;

/**
 * Makes a folder like a model's, in which some files are others.
 * @param files New contents by path; a function is given the old ones, as bytes.
 */
export function changed(folder, files) {
  const copy = join(changedFolders, `model-${made++}`);
  for (const path of readdirSync(folder, { recursive: true })) {
    if (statSync(join(folder, path)).isDirectory()) continue;
    mkdirSync(join(copy, path, ".."), { recursive: true });
    if (files[path] === undefined) copyFileSync(join(folder, path), join(copy, path));
    else writeFileSync(join(copy, path), files[path](readFileSync(join(folder, path))));
  }
  return copy;
}

/** Changes a JSON file. */
export const json = (change) => (bytes) => JSON.stringify(change(JSON.parse(bytes)));

/**
 * Adds noise to all float32 tensors of a safetensors file: a share of each tensor's own spread.
 * @param random Returns numbers from 0 to 1.
 */
export function noisy(share, random) {
  return (bytes) => {
    const copy = Buffer.from(bytes);
    const start = 8 + Number(copy.readBigUInt64LE(0));
    const header = JSON.parse(copy.subarray(8, start));
    for (const [name, tensor] of Object.entries(header)) {
      if (name === "__metadata__" || tensor.dtype !== "F32") continue;
      const [from, to] = tensor.data_offsets;
      const values = new Float32Array(copy.buffer.slice(copy.byteOffset + start + from, copy.byteOffset + start + to));
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      const noise = values.map((value) => value + share * spread * normal(random));
      Buffer.from(noise.buffer).copy(copy, start + from);
    }
    return copy;
  };
}

/** Draws a normal number (Box and Muller 1958). */
export const normal = (random) => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
