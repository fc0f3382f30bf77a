/** Models and texts that peers are measured with. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { built } from "../prepare.mjs";
import { makeLoadable, shapes, writeRepository } from "../shape-repositories.mjs";

const tokens = 128;
const small = "sentence-transformers/all-MiniLM-L6-v2";

/** Each with the number of its texts: large models are given fewer, so that a round takes seconds. */
export const models = [
  { name: "all-MiniLM-L6-v2", small: true, texts: { short: 300, full: 32 } },
  ...["Tarka-Embedding-150M-V1", "Tarka-Embedding-350M-V1", "multilingual-e5-large"].map((name) => ({
    name,
    small: false,
    texts: { short: 32, full: 8 },
  })),
];

/** Kinds of texts, by name: how they are made, and what a heading says of them. */
export const kinds = {
  short: {
    about: "texts of 3 to 60 words",
    make: async (count) => {
      const { makeTexts } = await import("../made-up-texts.mjs");
      const { pythonRandom } = await built("datasets/random/python.js");
      return makeTexts(count, pythonRandom(42));
    },
  },
  full: {
    about: `texts of ${tokens} tokens`,
    make: async (count) => {
      const { textsOfLength } = await built("runners/bench/made-up-texts.js");
      // More words than tokens are read: all texts are cut at the model's limit.
      return textsOfLength(tokens, count, 42);
    },
  },
};

/** Says of which model a table is. */
export const about = ({ name, small }) => (small ? name : `${name}'s shape, made-up weights`);

/**
 * Makes the repository of a model in a folder of its own, unless it is there: peers write their exports into it. All
 * models have the tokenizer of all-MiniLM-L6-v2 and read 128 tokens; a table of more tokens than it knows is cut there.
 */
export async function makeModel(folder, { name, small: isSmall }) {
  if (existsSync(join(folder, "modules.json"))) return;
  const { hubSettings, openSnapshot } = await built("datasets/hub.js");
  const snapshot = await openSnapshot({ kind: "model", id: small }, hubSettings(process.env));
  if (isSmall) await copyModel(snapshot, folder);
  else {
    const source = dirname(await snapshot.resolve("tokenizer.json"));
    const vocabulary = Object.keys(JSON.parse(readFileSync(join(source, "tokenizer.json"), "utf8")).model.vocab).length;
    const shape = shapes.find((one) => one.name === name);
    writeRepository(folder, { ...shape, config: { ...shape.config, vocab_size: vocabulary } });
    makeLoadable(folder, source);
  }
  change(join(folder, "sentence_bert_config.json"), { max_seq_length: tokens });
  change(join(folder, "tokenizer_config.json"), { model_max_length: tokens });
}

/** Sets keys of a JSON file, which is made where it is not there. */
function change(file, keys) {
  const before = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
  writeFileSync(file, JSON.stringify({ ...before, ...keys }));
}

const files = [
  "modules.json",
  "model.safetensors",
  "config.json",
  "sentence_bert_config.json",
  "config_sentence_transformers.json",
  "1_Pooling/config.json",
  "tokenizer.json",
  "tokenizer_config.json",
  "special_tokens_map.json",
];

/** Copies a repository of a BERT into a folder that can be written. */
export async function copyModel(snapshot, folder) {
  for (const file of files) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    // Not copied as a file, whose mode in a cache may be that of reading alone.
    writeFileSync(join(folder, file), readFileSync(await snapshot.resolve(file)));
  }
}
