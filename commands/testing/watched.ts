import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readHistory } from "../../runners/watch/history.ts";
import type { Terminal } from "../terminal.ts";
import type { WatchChoice } from "../watch.ts";

export const sample = fileURLToPath(new URL("../../models/sample", import.meta.url));
export const weights = "0_StaticEmbedding/model.safetensors";
const tokenizer = "0_StaticEmbedding/tokenizer.json";

let small: string | undefined;

/** Makes the sample model with its first word pieces alone, letters and the most frequent words: a tenth of its size. */
function smallModel(): string {
  if (small !== undefined) return small;
  small = mkdtempSync(join(tmpdir(), "pramana-small-"));
  const pieces = 3000;
  cpSync(sample, small, { recursive: true });
  const definition = JSON.parse(readFileSync(join(small, tokenizer), "utf8"));
  const kept = Object.entries(definition.model.vocab as Record<string, number>).filter(([, id]) => id < pieces);
  definition.model.vocab = Object.fromEntries(kept);
  writeFileSync(join(small, tokenizer), JSON.stringify(definition));
  const bytes = readFileSync(join(small, weights));
  const start = 8 + Number(bytes.readBigUInt64LE());
  const size = pieces * 128 * 2;
  const header = { "embedding.weight": { dtype: "F16", shape: [pieces, 128], data_offsets: [0, size] } };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(join(small, weights), Buffer.concat([length, text, bytes.subarray(start, start + size)]));
  return small;
}

/** Writes a checkpoint with a share of its weights set to zero. */
export function writeCheckpoint(folder: string, zeros: number, from = smallModel()): void {
  cpSync(from, folder, { recursive: true });
  const bytes = readFileSync(join(folder, weights));
  const start = 8 + Number(bytes.readBigUInt64LE());
  bytes.fill(0, start, start + 2 * Math.floor(((bytes.length - start) * zeros) / 2));
  writeFileSync(join(folder, weights), bytes);
}

/** Returns a folder that is not there yet. */
export const newRun = (): string => join(mkdtempSync(join(tmpdir(), "pramana-run-")), "my-run");

/** Choice with which tests watch: once, and almost without waiting. */
export const choice: WatchChoice = {
  tasks: ["MiniSTS"],
  device: "cpu",
  threads: 1,
  settle: 0.02,
  every: 0.02,
  once: true,
};

/** Makes a terminal that keeps the printed texts, and hands each to `heard`. */
export function terminalOf(heard: (text: string, stop: () => void) => void = () => {}) {
  const [out, err]: [string[], string[]] = [[], []];
  const controller = new AbortController();
  const stop = (): void => controller.abort(new Error("stopped"));
  const keep = (kept: string[]) => (text: string) => {
    kept.push(text);
    heard(text, stop);
  };
  const terminal: Terminal = {
    env: { HF_HUB_OFFLINE: "1", HF_HUB_CACHE: join(tmpdir(), "no-cache") },
    out: keep(out),
    err: keep(err),
    readInput: async () => "",
    now: () => 1_795_251_851,
    signal: controller.signal,
  };
  return { terminal, out: () => out.join(""), err: () => err.join("") };
}

/** Returns the names in the history of a watched folder. */
export const named = async (folder: string) => {
  const { entries } = await readHistory(join(folder, "pramana/watch.jsonl"));
  return entries.map(({ name }) => name);
};
