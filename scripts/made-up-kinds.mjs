/** A cross-encoder in the shape of MiniLM-L6's, made of all-MiniLM-L6-v2: its encoder and tokenizer, and a made-up head. */
import { copyFileSync, mkdirSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";

/**
 * Writes the repository.
 * @param source Folder of all-MiniLM-L6-v2.
 */
export function writeReranker(folder, source) {
  mkdirSync(folder, { recursive: true });
  for (const file of ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"]) {
    copyFileSync(join(source, file), join(folder, file));
  }
  const config = JSON.parse(readFileSync(join(source, "config.json"), "utf8"));
  const head = {
    architectures: ["BertForSequenceClassification"],
    id2label: { 0: "LABEL_0" },
    label2id: { LABEL_0: 0 },
  };
  writeFileSync(join(folder, "config.json"), JSON.stringify({ ...config, ...head }, null, 2));
  writeWeights(join(folder, "model.safetensors"), join(source, "model.safetensors"), config.hidden_size);
}

/** Writes the weights under the names of a model with a head, and behind them the head's. */
function writeWeights(path, source, hidden) {
  const file = openSync(source, "r");
  const length = Buffer.alloc(8);
  readSync(file, length, 0, 8, 0);
  const headerBytes = Number(length.readBigUInt64LE());
  const header = Buffer.alloc(headerBytes);
  readSync(file, header, 0, headerBytes, 8);
  const { __metadata__: _, ...tensors } = JSON.parse(header.toString());
  const weights = readFileSync(source).subarray(8 + headerBytes);
  const classifier = Float32Array.from({ length: hidden + 1 }, (_, i) => Math.sin(7 * i + 1) / 10);
  const end = weights.length + 4 * hidden;
  const entries = {
    ...Object.fromEntries(Object.entries(tensors).map(([name, entry]) => [`bert.${name}`, entry])),
    "classifier.weight": { dtype: "F32", shape: [1, hidden], data_offsets: [weights.length, end] },
    "classifier.bias": { dtype: "F32", shape: [1], data_offsets: [end, end + 4] },
  };
  const text = JSON.stringify({ __metadata__: { format: "pt" }, ...entries });
  const padded = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  length.writeBigUInt64LE(BigInt(padded.length));
  const out = openSync(path, "w");
  for (const part of [length, padded, weights, Buffer.from(classifier.buffer)]) writeSync(out, part);
}
