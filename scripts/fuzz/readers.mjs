/**
 * The readers that are fuzzed. `bases` gives sets of files by name, `change` makes another set of one, and `read` takes
 * the folder that they lie in and must end in a value or an InputError, within five seconds or its own `longest`.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { built, root } from "../prepare.mjs";
import { hubReaders } from "./hub-readers.mjs";
import { modelReaders, writeGraphs } from "./model-readers.mjs";
import { changeBytes, changeText, changeTextFile, changeValue, pick } from "./mutate.mjs";
import { pickledWeights } from "./pickled.mjs";

const shared = process.env.PRAMANA_SHARED ?? join(root, "../shared");
const largestBase = 400_000;
const largestWeights = 10_000_000;

/** Lists files below a folder that are small enough, sorted. */
function filesIn(folder, pattern, most = largestBase) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((name) => join(folder, String(name)))
    .filter((file) => pattern.test(file) && statSync(file).isFile() && statSync(file).size <= most)
    .sort();
}
const bytesOf = (file) => readFileSync(file);
const single = (name) => (file) => ({ [name ?? basename(file)]: bytesOf(file) });
const folders = ["datasets/fixtures/files", "datasets/mini", "docs/examples"].map((name) => join(root, name));
const dataFiles = (pattern) =>
  [...folders.flatMap((folder) => filesIn(folder, pattern)), ...filesIn(join(shared, "hub"), pattern).slice(0, 12)]
    .filter((file) => !/\.expected\.json$|ferry-(mail|desk)\.json$/.test(file))
    .map(single());
const checkpoints = [join(shared, "models/tiny"), join(root, "models/fixtures"), join(root, "models/sample")]
  .flatMap((folder) => filesIn(folder, /[/\\]config\.json$/))
  .map(dirname)
  .filter((folder) => existsSync(join(folder, "modules.json")));
const describing = /\.json$/;
/** Collects a checkpoint's own files of JSON; its weights are linked. */
const checkpointBases = (wanted = describing) =>
  checkpoints.map((folder) =>
    Object.fromEntries(
      filesIn(folder, wanted)
        .filter((file) => !file.endsWith("expected.json"))
        .map((file) => [relative(folder, file), bytesOf(file)]),
    ),
  );

/** Changes one file of a set, by its kind. */
function changeOne(files, random, others) {
  const name = pick(Object.keys(files), random);
  const other = pick(others, random);
  const spliced = other[name] ?? Object.values(other)[0];
  return { ...files, [name]: changeFile(name, files[name], random, spliced) };
}
function changeFile(name, bytes, random, other = bytes) {
  if (bytes.length === 0) return Buffer.from(pick(["\n", "{", "a,b"], random));
  if (/\.(bz2|xz|zip)$/.test(name)) return changeBytes(bytes, random, other);
  if (name.endsWith(".gz")) {
    if (random(3) === 0) return changeBytes(bytes, random, other);
    return gzipSync(changeTextFile(gunzipSync(bytes), random));
  }
  if (name.endsWith(".safetensors")) return changeSafetensors(bytes, random, other);
  if (name.endsWith(".npy")) return changeNpy(bytes, random, other);
  if (name.endsWith(".arrow")) return changeBytes(bytes, random, other);
  if (name.endsWith(".parquet")) return changeParquet(bytes, random, other);
  return changeTextFile(bytes, random, other);
}

function changeSafetensors(bytes, random, other) {
  const length = Number(bytes.readBigUInt64LE());
  if (random(3) === 0) return changeBytes(bytes, random, other);
  const header = bytes.subarray(8, 8 + length);
  const changed =
    random(3) === 0
      ? changeBytes(header, random)
      : Buffer.from(JSON.stringify(changeValue(JSON.parse(header.toString()), random)) ?? "");
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(changed.length));
  return Buffer.concat([prefix, changed, bytes.subarray(8 + length)]);
}
function changeNpy(bytes, random, other) {
  if (random(2) === 0) return changeBytes(bytes, random, other);
  const start = 10 + bytes.readUInt16LE(8);
  const header = Buffer.from(changeText(bytes.subarray(10, start).toString("latin1"), random), "latin1").subarray(
    0,
    65_535,
  );
  const prefix = Buffer.from(bytes.subarray(0, 10));
  prefix.writeUInt16LE(header.length, 8);
  return Buffer.concat([prefix, header, bytes.subarray(start)]);
}
function changeParquet(bytes, random, other) {
  const kind = random(4);
  if (kind === 0) return changeBytes(bytes, random, other);
  const length = bytes.readUInt32LE(bytes.length - 8);
  const start = bytes.length - 8 - length;
  const joined = (pages, footer) => {
    const end = Buffer.from(bytes.subarray(bytes.length - 8));
    end.writeUInt32LE(footer.length);
    return Buffer.concat([pages, footer, end]);
  };
  // The frame stays whole, so that the change gets as far as it can.
  if (kind === 1) return joined(bytes.subarray(0, start), changeBytes(bytes.subarray(start, -8), random));
  return joined(
    Buffer.concat([bytes.subarray(0, 4), changeBytes(bytes.subarray(4, start), random).subarray(0, 2 * start)]),
    bytes.subarray(start, -8),
  );
}

const refusedFolders = JSON.parse(bytesOf(join(root, "datasets/fixtures/folders-refused.json")).toString());
const fileIn = (folder, ending) => readdirSync(folder).find((name) => ending.test(name));
const dataFile = (folder) => {
  const name = fileIn(folder, /./);
  return { path: join(folder, name), name };
};
async function readDataFile(folder) {
  const { dataFileReader } = await built("datasets/formats.js");
  await dataFileReader({}, "the card")(dataFile(folder), { pack: [], isText: () => false });
}
/** Reads all splits of a folder that is a data set. */
const readFolder = async (folder) => {
  const { openDataset } = await built("datasets/load.js");
  const { hubSettings } = await built("datasets/settings.js");
  const dataset = await openDataset({ id: folder }, hubSettings({ HF_HOME: folder, HF_HUB_OFFLINE: "1" }));
  for (const config of dataset.configs) for (const split of dataset.splits(config)) await dataset.read(config, split);
};
const folderSnapshot = async (folder) => {
  const { openSnapshot } = await built("datasets/hub.js");
  return openSnapshot(
    { kind: "model", id: folder },
    { cacheDir: folder, endpoint: "http://127.0.0.1:9", tokenFile: join(folder, "none"), offline: true },
  );
};
const npyBase = () => {
  const header = Buffer.from(`${"{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }".padEnd(117)}\n`);
  const length = Buffer.alloc(2);
  length.writeUInt16LE(header.length);
  const numbers = Buffer.from(Float32Array.from([1, 2, 3, 4, 5, 6]).buffer);
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), length, header, numbers]);
};
const longTextParts =
  "a|Q|9|the|sun | |  |\n|\t|,|...|'s|-|漢|か|ｶﾞ|😀|\u200d|\ufe0f|\u0301|\u0316|\u00a0|\u3000|é|ﷺ|각|\u1161|ß|\u0000|\ud800|[MASK]|<s>|<mask>|</s>".split(
    "|",
  );
const texts = Buffer.from('"a"\n{"text":"b","role":"query"}\n"c"\n');

/** Links the weights of the original checkpoint beside the changed files. */
async function withWeights(folder, wanted) {
  const { at } = JSON.parse(readFileSync(join(folder, "from.txt"), "utf8"));
  const from = checkpoints.find((one) => basename(one) === at);
  for (const file of from === undefined ? [] : filesIn(from, wanted, largestWeights)) {
    const target = join(folder, relative(from, file));
    mkdirSync(dirname(target), { recursive: true });
    if (!existsSync(target)) writeFileSync(target, bytesOf(file));
  }
}
const named = (bases) =>
  bases.map((files, i) => ({ ...files, "from.txt": Buffer.from(JSON.stringify({ at: basename(checkpoints[i]) })) }));
/** Leaves the note of the files' origin unchanged. */
const changeButNote = (files, random, others) => {
  const { "from.txt": note, ...rest } = files;
  return {
    ...changeOne(
      rest,
      random,
      others.map(({ "from.txt": _, ...one }) => one),
    ),
    "from.txt": note,
  };
};

/** Collects adapters of a checkpoint, beside it and alone, with targets of every form. */
function adapterBases() {
  const [model, adapter] = ["bert-mean", "bert-mean-adapter"].map((name) => join(root, "models/fixtures", name));
  const { "config.json": config, ...rest } = checkpointBases()[checkpoints.indexOf(model)];
  const settings = JSON.parse(bytesOf(join(adapter, "adapter_config.json")).toString());
  const forms = [
    {},
    { target_modules: ".*(query|intermediate\\.dense)", rank_pattern: { "(.*\\.)+query": 2, dense: 2 } },
    { target_modules: settings.target_modules, exclude_modules: "(([a-z]+)+\\.)+!", alpha_pattern: { query: 5 } },
    { layers_to_transform: [0, 1, 2], layers_pattern: ["layer"], use_rslora: true },
  ];
  const ofBert = forms.flatMap((form) =>
    [{ "config.json": config }, {}].map((own) => ({
      ...rest,
      ...own,
      "adapter_config.json": Buffer.from(JSON.stringify({ ...settings, ...form, base_model_name_or_path: model })),
      "adapter_model.safetensors": bytesOf(join(adapter, "adapter_model.safetensors")),
      "from.txt": Buffer.from(JSON.stringify({ at: "bert-mean" })),
    })),
  );
  const { cases } = JSON.parse(bytesOf(join(root, "models/fixtures/adapters.json")).toString());
  const ofOthers = Object.values(cases).map((one) => ({
    "config.json": Buffer.from(JSON.stringify(one.config)),
    "model.safetensors": zeros(one.tensors),
    "adapter_config.json": Buffer.from(JSON.stringify(one.adapter.config)),
    "adapter_model.safetensors": zeros(one.adapter.tensors),
    "from.txt": Buffer.from(JSON.stringify({ at: "" })),
  }));
  return [...ofBert, ...ofOthers];
}

/** Makes a safetensors file of zeros. */
function zeros(shapes) {
  let end = 0;
  const header = Object.entries(shapes).map(([name, shape]) => {
    const begin = end;
    end += shape.reduce((product, dim) => product * dim, 4);
    return [name, { dtype: "F32", shape, data_offsets: [begin, end] }];
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(header)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(end)]);
}

const globs = () => JSON.parse(readFileSync(join(root, "datasets/fixtures/globs/expected.json"), "utf8"));
const madeUpPatterns = () => Buffer.from(Object.keys(globs().found).slice(0, 300).join("\n"));
const hostilePatterns = () =>
  Buffer.from(
    [
      "*a".repeat(400),
      `${"*a".repeat(300)}b`,
      `${"**/*/".repeat(150)}b`,
      "?".repeat(900),
      "[!a-b]*".repeat(140),
      "[".repeat(900),
    ]
      .flatMap((pattern) => Array(20).fill(pattern))
      .join("\n"),
  );
const hardPaths = [
  "a".repeat(1000),
  "a/".repeat(400),
  ...Array.from({ length: 500 }, (_, i) => `${"a".repeat(200)}${i}.csv`),
];

export const readers = {
  safetensors: {
    bases: () =>
      filesIn(join(shared, "models/tiny"), /\.safetensors$/)
        .concat(filesIn(join(root, "models/fixtures"), /\.safetensors$/))
        .map(single("model.safetensors")),
    read: async (folder) => {
      const { readTensors } = await built("models/repository/safetensors.js");
      const tensors = await readTensors(join(folder, "model.safetensors"));
      for (const { name, file, offset, length } of tensors.values())
        if (offset + length > statSync(file).size) throw new Error(`tensor ${name} ends beyond its file`);
    },
  },
  "pickled weights": pickledWeights,
  "weights of shards": {
    bases: () =>
      filesIn(join(shared, "models/tiny"), /\.safetensors$/)
        .slice(0, 3)
        .map((file) => {
          const bytes = bytesOf(file);
          const names = Object.keys(JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE())))).filter(
            (name) => name !== "__metadata__",
          );
          const weight_map = Object.fromEntries(names.map((name) => [name, "model-00001-of-00001.safetensors"]));
          return {
            "model.safetensors.index.json": Buffer.from(JSON.stringify({ metadata: {}, weight_map })),
            "model-00001-of-00001.safetensors": bytes,
          };
        }),
    read: async (folder) =>
      (await (await built("models/repository/weights.js")).openWeights(await folderSnapshot(folder), "")).check,
  },
  parquet: {
    bases: () => dataFiles(/\.parquet$/),
    read: async (folder) => (await built("datasets/parquet.js")).readParquet(dataFile(folder)),
  },
  "parquet that stands for much": {
    mayRefuse: true,
    bases: () => filesIn(join(root, "datasets/fixtures/hostile"), /\.parquet$/).map(single()),
    read: async (folder) => (await built("datasets/parquet.js")).readParquet(dataFile(folder), ["text"]),
  },
  patterns: {
    mayRefuse: true,
    bases: () => [{ "patterns.txt": madeUpPatterns() }, { "patterns.txt": hostilePatterns() }],
    read: async (folder) => {
      const { findConfigs } = await built("datasets/data-files.js");
      const patterns = readFileSync(join(folder, "patterns.txt"), "utf8")
        .split("\n")
        .filter((line) => line !== "");
      const dataFiles = [{ split: "test", patterns }];
      findConfigs([{ name: "a", isDefault: true, folder: "", dataFiles }], globs().paths.concat(hardPaths));
    },
  },
  "JSON lines": { bases: () => dataFiles(/\.jsonl?(\.gz)?$/), read: readDataFile },
  CSV: { bases: () => dataFiles(/\.[ct]sv(\.gz)?$/), read: readDataFile },
  "one long value": {
    bases: () => [
      { "x.jsonl": Buffer.from(`{"text":"${"long ".repeat(60_000)}"}\n`) },
      { "x.json": Buffer.from(`[{"text":"x","n":[${"1,".repeat(150_000)}2]}]`) },
      { "x.csv": Buffer.from(`a,b\n"${'""'.repeat(150_000)}",${"9".repeat(100_000)}\n`) },
      { "x.jsonl.gz": gzipSync(`{"text":"${"a".repeat(10_000_000)}"}\n`) },
    ],
    change: (files, random) =>
      Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, changeBytes(bytes, random, bytes)])),
    read: readDataFile,
  },
  Arrow: {
    bases: () => dataFiles(/\.arrow$/),
    read: async (folder) => (await built("datasets/arrow.js")).readArrow(dataFile(folder), ["text", "name"]),
  },
  "saved folder": {
    bases: () => [
      {
        "dataset_dict.json": Buffer.from('{"splits": ["train", "test"]}'),
        ...Object.fromEntries(
          ["train", "test"].flatMap((split) => [
            [`${split}/dataset_info.json`, Buffer.from('{"features": {}}')],
            [
              `${split}/state.json`,
              Buffer.from('{"_data_files": [{"filename": "data-00000-of-00001.arrow"}], "_split": "train"}'),
            ],
            [`${split}/data-00000-of-00001.arrow`, bytesOf(join(root, "datasets/fixtures/files/slice.arrow"))],
          ]),
        ),
      },
    ],
    read: readFolder,
  },
  "BEIR folder": {
    bases: () => [
      {
        "corpus.jsonl": Buffer.from('{"_id": "a", "title": "", "text": "b", "metadata": {}}\n'),
        "queries.jsonl": Buffer.from('{"_id": "q", "text": "c"}\n'),
        "qrels/test.tsv": Buffer.from('query-id\tcorpus-id\tscore\nq\ta\t1\n"q"\tb\t0\r\n'),
      },
    ],
    read: readFolder,
  },
  "data set": {
    bases: () =>
      readFileSync(join(root, "datasets/fixtures/folders.jsonl"), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line))
        .filter(({ name, rows }) => rows !== undefined && !Object.hasOwn(refusedFolders, name))
        .map(({ files }) =>
          Object.fromEntries(
            Object.entries(files).map(([name, content]) => [
              name,
              typeof content === "string" ? Buffer.from(content) : Buffer.from(content.base64, "base64"),
            ]),
          ),
        ),
    read: readFolder,
  },
  card: {
    bases: () =>
      [
        ...filesIn(join(shared, "hub"), /README\.md$/).slice(0, 20),
        ...filesIn(join(root, "datasets/mini"), /README\.md$/),
      ].map(single("README.md")),
    read: async (folder) => {
      const { parseCard } = await built("datasets/card.js");
      const { findConfigs } = await built("datasets/data-files.js");
      const listed = [
        "README.md",
        "data/test-00000-of-00001.parquet",
        "train.jsonl",
        "en/test.jsonl.gz",
        `${"a".repeat(200)}.csv`,
      ];
      const card = parseCard(readFileSync(join(folder, "README.md"), "utf8"), "README.md");
      card.info("default");
      return findConfigs(card.configs, listed);
    },
  },
  ...hubReaders,
  ...modelReaders,
  "model config": {
    bases: () => named(checkpointBases(/(?<!tokenizer|tokenizer_config|special_tokens_map|expected)\.json$/)),
    change: changeButNote,
    read: async (folder) => {
      await withWeights(folder, /\.safetensors$/);
      await writeGraphs(folder);
    },
  },
  adapter: {
    bases: () => adapterBases(),
    change: changeButNote,
    read: async (folder) => {
      await withWeights(folder, /(?<!adapter_model)\.safetensors$/);
      const { readRepository } = await built("models/repository/repository.js");
      const { writeEncoderGraph } = await built("models/graph/pipeline.js");
      const snapshot = await folderSnapshot(folder);
      await writeEncoderGraph(snapshot, (await readRepository(snapshot)).modules);
    },
  },
  "models show": {
    bases: () => named(checkpointBases(/(?<!expected)\.json$/)),
    change: changeButNote,
    read: async (folder) => {
      await withWeights(folder, /\.safetensors$/);
      const { describeRepository } = await built("models/describe.js");
      const { modelText } = await built("reports/model-text.js");
      const model = await describeRepository(await folderSnapshot(folder));
      modelText(model);
      JSON.stringify(model);
    },
  },
  tokenizer: {
    bases: () => checkpointBases(/(tokenizer|tokenizer_config|special_tokens_map)\.json$/),
    read: async (folder) => {
      const { openTokenizer } = await built("models/tokenizer/tokenizer.js");
      const tokenizer = await openTokenizer(await folderSnapshot(folder), {
        folder: "",
        specialTokens: true,
        modelType: "bert",
      });
      await tokenizer.encode(["", "Hello, wörld!", "日本語 \u0000 😀", "a".repeat(3000)]);
      await tokenizer.promptLength("query: ");
    },
  },
  "one long text": {
    mayRefuse: true,
    bases: () =>
      checkpointBases(/(tokenizer|tokenizer_config|special_tokens_map)\.json$/).flatMap((files, i) =>
        ["a", "the sun ", "x9,K;q.Z"].map((unit, j) => ({
          ...files,
          "text.json": Buffer.from(JSON.stringify({ unit, size: [300_000, 900_000][(i + j) % 2] })),
        })),
      ),
    change: (files, random) => {
      const parts = Array.from({ length: 1 + random(4) }, () => pick(longTextParts, random));
      return { ...files, "text.json": Buffer.from(JSON.stringify({ unit: parts.join(""), size: 900_000 })) };
    },
    read: async (folder) => {
      const { unit, size } = JSON.parse(readFileSync(join(folder, "text.json"), "utf8"));
      const text = unit.repeat(Math.ceil(size / Math.max(1, Buffer.byteLength(unit))));
      const { openTokenizer } = await built("models/tokenizer/tokenizer.js");
      const open = async (settings) =>
        openTokenizer(await folderSnapshot(folder), { folder: "", modelType: "bert", ...settings });
      const cut = await open({ specialTokens: true, maxTokens: 64 });
      const [{ ids }] = await cut.encode([text]);
      if (ids.length > 64) throw new Error(`${ids.length} ids of 64`);
      // Without a limit all of it counts; less of it, so that a case stays short.
      const whole = await open({ specialTokens: false, bag: true });
      const [{ ids: distinct, counts }] = await whole.encode([text.slice(0, 100_000)]);
      if (counts && counts.length !== distinct.length) throw new Error("ids without their counts");
    },
  },
  vectors: {
    bases: () => [
      {
        "texts.jsonl": texts,
        "vectors.npy": npyBase(),
        "model.json": Buffer.from('{"name":"a/b","revision":"1","similarity":"dot"}'),
      },
    ],
    read: async (folder) => (await built("models/precomputed/index.js")).openPrecomputed(folder),
  },
  "prompt file": {
    mayRefuse: true,
    bases: () =>
      [
        ...filesIn(join(root, "models/fixtures/prompts"), /\.json$/),
        ...filesIn(join(shared, "models/tiny"), /(prompts|config_sentence_transformers)\.json$/),
        ...filesIn(join(shared, "results"), /model_meta\.json$/),
      ].map(single("prompts.json")),
    read: async (folder) =>
      (await built("models/prompts/prompt-file.js")).parsePromptFile(
        readFileSync(join(folder, "prompts.json"), "utf8"),
        "prompts.json",
      ),
  },
  "task file": {
    bases: () => [
      ...filesIn(join(root, "docs/examples"), /ferry-mail\.json$/).map(single("tasks.json")),
      ...filesIn(join(root, "scripts/parity"), /tasks\.json$/).map(single("tasks.json")),
      {
        "tasks.json": Buffer.from(
          JSON.stringify([
            {
              name: "A",
              type: "STS",
              dataset: { path: "./a" },
              languages: { default: ["eng-Latn"] },
              settings: { minScore: 0, maxScore: 5 },
              prepare: [{ step: "rename", columns: { a: "b" } }],
            },
          ]),
        ),
      },
    ],
    read: async (folder) => {
      const { parseTaskFile } = await built("tasks/task-file.js");
      const { joinTaskFiles } = await built("tasks/own-tasks.js");
      joinTaskFiles([parseTaskFile(readFileSync(join(folder, "tasks.json"), "utf8"), "tasks.json")]);
    },
  },
  "result file": {
    bases: () =>
      [
        ...filesIn(join(root, "runners/results/fixtures"), /(STSBenchmark|historic[/\\][A-Z]\w+)\.json$/),
        ...filesIn(join(shared, "results"), /(?<!model_meta)\.json$/).slice(0, 60),
      ].map(single("result.json")),
    read: async (folder) => {
      const text = readFileSync(join(folder, "result.json"), "utf8");
      const { parseResultFile, toResultFile } = await built("runners/results/result-file.js");
      const { mainScoresFromData } = await built("runners/results/main-scores.js");
      const { parseJson } = await built("runners/results/json.js");
      mainScoresFromData(parseJson(text, "result.json"));
      JSON.stringify(toResultFile(parseResultFile(text, "result.json")));
    },
  },
  "model description": {
    bases: () => [
      ...filesIn(join(shared, "results"), /model_meta\.json$/).map(single("model_meta.json")),
      { "model_meta.json": Buffer.from('{"name":"a/b","n_parameters":5,"embed_dim":[2,3],"max_tokens":512}') },
    ],
    read: async (folder) =>
      (await built("runners/results/model-meta.js")).parseModelMeta(
        readFileSync(join(folder, "model_meta.json"), "utf8"),
        "model_meta.json",
      ),
  },
  "bench file": {
    bases: () => [single("bench.jsonl")(join(root, "scripts/fuzz/bench.jsonl"))],
    read: async (folder) => {
      const { readBench } = await built("runners/bench/file.js");
      const { skipped } = await readBench(folder);
      for (const { reason } of skipped) if (unclear(reason)) throw new Error(`unclear: ${reason}`);
    },
  },
  samples: {
    bases: () => filesIn(join(root, "scripts/fuzz/samples"), /\.parquet$/).map(single("A.samples.parquet")),
    read: async (folder) => {
      const { readSamples } = await built("runners/results/samples-file.js");
      const { openStatistic } = await built("tasks/statistic.js");
      for (const { samples } of await readSamples(join(folder, "A.samples.parquet"))) openStatistic(samples).scores();
    },
  },
  "kept vectors": {
    bases: () => [
      Object.fromEntries(
        filesIn(join(root, "scripts/fuzz/vectors"), /segment\./).map((file) => [
          `vectors/a/${basename(file)}`,
          bytesOf(file),
        ]),
      ),
    ],
    read: async (folder) => {
      const { openStore } = await built("models/cache/store.js");
      const model = { id: "a/b", revision: "1", dims: 4, device: "cpu", precision: "fp32" };
      const keys = bytesOf(join(root, "scripts/fuzz/vectors/segment.keys"));
      const options = { folder, limit: 1e9, model, identity: "a", now: () => 1, warn: () => {} };
      const store = await openStore(options);
      const whole = bytesOf(join(root, "scripts/fuzz/vectors/segment.vectors"));
      for (const kept of await store.read(keys)) {
        // A vector that does not lie in the whole file was changed, and must not come back.
        if (kept && whole.indexOf(Buffer.from(kept.row.buffer, kept.row.byteOffset, 16)) < 0) {
          throw new Error(`a changed vector came back: ${kept.row}`);
        }
      }
      await store.close();
    },
  },
  "watch history": {
    bases: () => [single("watch.jsonl")(join(root, "scripts/fuzz/watch.jsonl"))],
    read: async (folder) =>
      (await built("runners/watch/history.js")).parseHistory(readFileSync(join(folder, "watch.jsonl"), "utf8")),
  },
  "baseline of a test": {
    bases: () => [
      {
        "baseline.json": Buffer.from(
          JSON.stringify({
            pramana: "0.1.0",
            model: "a/b",
            revision: "1",
            tasks: { STS12: { score: 0.5, dataset_revision: "0123" } },
          }),
        ),
      },
    ],
    read: async (folder) =>
      (await built("api/baseline.js")).parseBaseline(
        readFileSync(join(folder, "baseline.json"), "utf8"),
        "baseline.json",
      ),
  },
  "gate rules": {
    bases: () => [{ "gate.txt": Buffer.from("overall < -0.2\nany < -1.0 and significant # a\nSTS12 <= -0.1\n") }],
    read: async (folder) =>
      (await built("reports/comparison/rule.js")).parseGate(readFileSync(join(folder, "gate.txt"), "utf8"), "gate.txt"),
  },
  "unfinished task": {
    bases: () => [
      {
        A: Buffer.from(
          JSON.stringify({
            identity: {
              ...{ datasetRevision: "1", mtebVersion: "2", pramana: "0.1.0", precision: "fp32", device: "cpu" },
              ...{ estimator: "official", vectorType: "float32", limit: "none", inputs: {} },
            },
            units: [
              {
                ...{ split: "test", subset: "default", mainScore: { $number: "NaN" }, undefinedScores: {} },
                scores: { accuracy: 0.5 },
                findings: [],
                samples: { kind: "mean", values: { $array: "Float64Array", bytes: "AAAAAAAA4D8=" } },
                ...{ texts: 1, tokens: 2, encodingSeconds: 0.5, seconds: 1, prompts: { text: "" } },
              },
            ],
          }),
        ),
      },
    ],
    read: async (folder) => {
      const { parseUnfinishedFile } = await built("runners/results/unfinished.js");
      const body = `${readFileSync(join(folder, "A"), "utf8")}\n`;
      // With a checksum that fits, so that the change gets as far as it can.
      const hash = createHash("sha256").update(body).digest("hex");
      parseUnfinishedFile(`${hash}\n${body}`, "A");
    },
  },
  "endpoint's answer": {
    bases: () => [
      {
        answer: Buffer.from(
          JSON.stringify({
            object: "list",
            data: [{ index: 0, embedding: [0.5, -1, 2] }],
            model: "m",
            usage: { prompt_tokens: 1, total_tokens: 1 },
          }),
        ),
      },
      { answer: Buffer.from(JSON.stringify({ data: [{ index: 0, embedding: "AACAPwAAgD8=" }] })) },
    ],
    read: async (folder) => {
      const { openEndpoint } = await built("models/endpoint/index.js");
      const answer = async () => new Response(readFileSync(join(folder, "answer")));
      await (await openEndpoint("http://127.0.0.1:9/v1#m", { fetch: answer, wait: async () => {} })).close();
    },
  },
};
for (const reader of Object.values(readers)) reader.change ??= changeOne;

/** Tells whether a message is about the program and not about the file. */
export const unclear = (message) =>
  /Cannot (read|convert|destructure)|is not (a function|iterable|defined)|call stack|Invalid (array|typed array|string) length|undefined \(|outside the bounds/.test(
    message,
  );

/** Puts files into a folder. */
export function writeFiles(folder, files) {
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}
