/** Models of other kinds that are made of all-MiniLM-L6-v2: its encoder and tokenizer, and a head that was not trained. */
import { closeSync, copyFileSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { built } from "./prepare.mjs";
import { xorshift } from "./random.mjs";

const tokenizerFiles = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "vocab.txt"];
const weightFile = "model.safetensors";

/** Opens all-MiniLM-L6-v2 from the cache of the Hub, and returns the folder that holds all its files. */
export async function findMiniLm() {
  const { hubSettings, openSnapshot } = await built("datasets/hub.js");
  const snapshot = await openSnapshot(
    { kind: "model", id: "sentence-transformers/all-MiniLM-L6-v2" },
    hubSettings(process.env),
  );
  for (const file of [...tokenizerFiles, weightFile]) await snapshot.resolve(file);
  return (await snapshot.resolve("config.json")).replace(/config\.json$/, "");
}

/** Writes a cross-encoder with one label, whose scores mean nothing: in the shape of MiniLM-L6's for MS MARCO. */
export function writeReranker(folder, source) {
  const config = copyModel(folder, source, {
    ...{ architectures: ["BertForSequenceClassification"], id2label: { 0: "LABEL_0" }, label2id: { LABEL_0: 0 } },
  });
  writeWeights(join(folder, weightFile), join(source, weightFile), "bert.", [
    ["classifier.weight", [1, config.hidden_size]],
    ["classifier.bias", [1]],
  ]);
}

/** Writes a model of late interaction: the encoder's tokens by a random projection, which about keeps their products. */
export function writeLateInteraction(folder, source, dims) {
  const { hidden_size: hidden } = copyModel(folder, source, {});
  writeWeights(join(folder, weightFile), join(source, weightFile), "", []);
  const module = "sentence_transformers.base.modules";
  const types = [
    ["", `${module}.transformer.Transformer`],
    ["1_Dense", `${module}.dense.Dense`],
    ["2_MultiVectorMask", "sentence_transformers.multi_vector_encoder.modules.multi_vector_mask.MultiVectorMask"],
    ["3_Normalize", `${module}.normalize.Normalize`],
  ];
  const json = (path, value) => writeFileSync(join(folder, path), JSON.stringify(value, null, 2));
  json(
    "modules.json",
    types.map(([path, type], idx) => ({ idx, name: String(idx), path, type })),
  );
  for (const [path] of types.slice(1)) mkdirSync(join(folder, path), { recursive: true });
  const tokens = { module_input_name: "token_embeddings", module_output_name: "token_embeddings" };
  const dense = { in_features: hidden, out_features: dims, bias: false };
  json("1_Dense/config.json", { ...dense, activation_function: "torch.nn.modules.linear.Identity", ...tokens });
  json("2_MultiVectorMask/config.json", {
    skiplist_words: [],
    skiplist_tasks: ["document"],
    keep_only_token_ids: null,
  });
  json("3_Normalize/config.json", tokens);
  json("config_sentence_transformers.json", {
    ...{ model_type: "MultiVectorEncoder", prompts: {}, default_prompt_name: null, similarity_fn_name: "maxsim" },
  });
  json("sentence_bert_config.json", { query_length: 32, document_length: 180 });
  writeWeights(join(folder, "1_Dense", weightFile), undefined, "", [["linear.weight", [dims, hidden]]]);
}

/** Copies the tokenizer, and the config with changes, which is returned. */
function copyModel(folder, source, changes) {
  mkdirSync(folder, { recursive: true });
  for (const file of tokenizerFiles) copyFileSync(join(source, file), join(folder, file));
  const config = { ...JSON.parse(readFileSync(join(source, "config.json"), "utf8")), ...changes };
  writeFileSync(join(folder, "config.json"), JSON.stringify(config, null, 2));
  return config;
}

/** Writes the weights of a file under names with a prefix, and behind them made-up ones. */
function writeWeights(path, source, prefix, madeUp) {
  const { tensors, weights } = source === undefined ? { tensors: {}, weights: Buffer.alloc(0) } : readWeights(source);
  let end = weights.length;
  const made = madeUp.map(([name, shape]) => {
    const begin = end;
    const count = shape.reduce((product, size) => product * size, 1);
    end += 4 * count;
    return { name, entry: { dtype: "F32", shape, data_offsets: [begin, end] }, values: drawValues(count) };
  });
  const text = JSON.stringify({
    __metadata__: { format: "pt" },
    ...Object.fromEntries(Object.entries(tensors).map(([name, entry]) => [prefix + name, entry])),
    ...Object.fromEntries(made.map(({ name, entry }) => [name, entry])),
  });
  const header = Buffer.from(text.padEnd(Math.ceil(text.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const out = openSync(path, "w");
  for (const part of [length, header, weights, ...made.map(({ values }) => values)]) writeSync(out, part);
  closeSync(out);
}

function readWeights(source) {
  const whole = readFileSync(source);
  const headerBytes = Number(whole.readBigUInt64LE());
  const { __metadata__: _, ...tensors } = JSON.parse(whole.subarray(8, 8 + headerBytes).toString());
  return { tensors, weights: whole.subarray(8 + headerBytes) };
}

/** Draws values from -0.1 to 0.1 (xorshift). */
function drawValues(count) {
  const draw = xorshift();
  return Float32Array.from({ length: count }, () => draw() / 2 ** 31 / 10);
}
