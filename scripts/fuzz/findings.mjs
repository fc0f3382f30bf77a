import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../prepare.mjs";
import { generator, pick } from "./mutate.mjs";
import { readers } from "./readers.mjs";

const known = new Map();

/** Returns the sets of files that a reader's cases are made from. */
export function basesOf(name) {
  if (!known.has(name)) known.set(name, readers[name].bases());
  return known.get(name);
}

/** Makes the files of a case, the same for the same seed and number. The first cases are the files as they are. */
export function filesOf(name, seed, number) {
  const bases = basesOf(name);
  const random = generator(Number(seed) * 1_000_003 + number);
  return number < bases.length ? bases[number] : readers[name].change(pick(bases, random), random, bases);
}

/** Keeps the input of a case that made trouble; returns the path for `--replay`. */
export function keep(name, seed, number, problem) {
  const folder = join(root, "fuzz-findings");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name.replaceAll(/\W+/g, "-")}-${seed}-${number}.json`);
  const entries = Object.entries(filesOf(name, seed, number));
  const files = Object.fromEntries(entries.map(([path, bytes]) => [path, Buffer.from(bytes).toString("base64")]));
  writeFileSync(file, JSON.stringify({ reader: name, seed: Number(seed), number, problem, files }, null, 1));
  return file;
}
