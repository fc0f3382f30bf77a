/**
 * The fuzzed readers of what a model is made of besides weights and tokenizers: its modules, with the routes of a
 * Router, and its chat template. scripts/fuzz/readers.mjs says what a reader is.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { built, root } from "../prepare.mjs";
import { changeText, changeTextFile, changeValue, pick } from "./mutate.mjs";

const fixtures = join(root, "models/fixtures");
const parsed = (name) => JSON.parse(readFileSync(join(fixtures, name), "utf8"));
const json = (value) => Buffer.from(JSON.stringify(value));
const snapshotOf = async (folder) => {
  const { openSnapshot } = await built("datasets/hub.js");
  return openSnapshot(
    { kind: "model", id: folder },
    { cacheDir: folder, endpoint: "http://127.0.0.1:9", tokenFile: join(folder, "none"), offline: true },
  );
};

/** Reads a repository, writes the graphs of all that texts go through, and returns the modules of each. */
export async function writeGraphs(folder) {
  const { readRepository } = await built("models/repository/repository.js");
  const { differentRoutes } = await built("models/repository/router.js");
  const { writeEncoderGraph } = await built("models/graph/pipeline.js");
  const { fullPrecision } = await built("models/graph/builder.js");
  const { completeConfig } = await built("models/repository/known-configs.js");
  const snapshot = await snapshotOf(folder);
  const spec = await readRepository(snapshot);
  const rows = spec.routes === undefined ? [spec] : differentRoutes(spec.routes);
  for (const { modules } of rows) {
    await writeEncoderGraph(snapshot, completeConfig("a/b", modules, {}).modules, { format: fullPrecision });
  }
  return rows.map(({ modules }) => modules);
}

/** Note of the folders that are copied beside a case's files, by the place they go to. */
const note = "copies.json";

/** Copies the files that are not there; weights are small. */
function copyAround(folder) {
  for (const [part, source] of Object.entries(JSON.parse(readFileSync(join(folder, note), "utf8")))) {
    const from = join(fixtures, source);
    for (const file of readdirSync(from, { recursive: true }).map((name) => join(from, String(name)))) {
      const target = join(folder, part, relative(from, file));
      if (!statSync(file).isFile() || existsSync(target)) continue;
      mkdirSync(dirname(target), { recursive: true });
      copyFileSync(file, target);
    }
  }
}

const routerBases = () =>
  parsed("routers.json").cases.map(({ copies, files }) => ({
    ...Object.fromEntries(Object.entries(files).map(([path, content]) => [path, json(content)])),
    [note]: json(copies),
  }));
/** Tables of words, with their weights. */
function wordBases() {
  const { cases, table } = parsed("words.json");
  const header = JSON.stringify({
    "emb_layer.weight": {
      dtype: "F32",
      shape: [table.length, table[0].length],
      data_offsets: [0, table.flat().length * 4],
    },
  });
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const weights = Buffer.concat([length, Buffer.from(header), Buffer.from(Float32Array.from(table.flat()).buffer)]);
  return cases.map(({ files }) => ({
    ...Object.fromEntries(Object.entries(files).map(([path, content]) => [path, json(content)])),
    "0_WordEmbeddings/model.safetensors": weights,
    [note]: json({}),
  }));
}
const hostileKeys = [
  "__proto__",
  "constructor",
  "",
  ".",
  "..",
  "../../etc",
  "/etc",
  "(None, None)",
  "('query', 'text')",
  `('${"a".repeat(100_000)}', ${"(".repeat(1000)}None)`,
  "0",
  "query",
  "a".repeat(5000),
];
/** Puts a hostile name in place of one in a Router's file, as a key or as a value. */
function renamed(text, random) {
  const names = [...new Set(text.match(/"[^"]+"/g) ?? ['""'])];
  const name = pick(names, random);
  return text.split(name).join(JSON.stringify(pick(hostileKeys, random)));
}
/** Repeats the routes, or the parts of a route, more often than any model has them. */
function grown(text, random) {
  const value = JSON.parse(text);
  if (Array.isArray(value)) return JSON.stringify(Array.from({ length: 1 + random(3000) }, () => pick(value, random)));
  const { structure = {} } = value;
  const [name, parts = []] = Object.entries(structure)[0] ?? ["query", []];
  const more = 1 + random(3000);
  if (random(2) === 0) structure[name] = Array.from({ length: more }, () => pick(parts, random));
  else for (let i = 0; i < more; i++) structure[`r${i}`] = parts;
  return JSON.stringify(value);
}

const modules = {
  bases: () => [...routerBases(), ...wordBases()],
  change: (files, random) => {
    const { [note]: copies, ...rest } = files;
    const name = pick(
      Object.keys(rest).filter((one) => one.endsWith(".json")),
      random,
    );
    const text = String(rest[name]);
    const kind = random(5);
    const changed = [
      () => changeTextFile(rest[name], random),
      () => json(changeValue(JSON.parse(text), random) ?? null),
      () => Buffer.from(renamed(text, random)),
      () => Buffer.from(renamed(renamed(text, random), random)),
      () => Buffer.from(grown(text, random)),
    ][kind]();
    return { ...rest, [name]: changed, [note]: copies };
  },
  read: async (folder) => {
    copyAround(folder);
    for (const [first] of await writeGraphs(folder)) {
      if (first?.type !== "WordEmbeddings") continue;
      const { openWords } = await built("models/tokenizer/words.js");
      const tokenizer = await openWords(await snapshotOf(folder), { ...first, bag: true, rows: 12 });
      await tokenizer.encode(["Hello, river! the sea", "!".repeat(100_000), "a ".repeat(100_000)]);
    }
  },
};

const doubling = (what, times) =>
  `{% set ns = namespace(x=${what}) %}{% for i in range(${times}) %}{% set ns.x = ns.x + ns.x %}{% endfor %}{{ ns.x }}`;
/** Templates that ask for what no template needs. */
const hostileTemplates = [
  "{% for i in range(1000000000) %}{% endfor %}",
  "{% for i in range(30000) %}{% for j in range(30000) %}{% endfor %}{% endfor %}",
  "{% for i in range(3000000) %}abcdefgh{% endfor %}",
  doubling("'ab'", 20),
  doubling("'ab'", 60),
  doubling("[1, 2]", 60),
  "{% set ns = namespace(x='aaaaaaaa') %}{% for i in range(20) %}{% set ns.x = ns.x.replace('a', 'aaaa') %}{% endfor %}",
  "{% macro f(x) %}{{ f(x + 1) }}{% endmacro %}{{ f(1) }}",
  `{{ ${"(".repeat(3000)}1${")".repeat(3000)} }}`,
  `{{ ${"[".repeat(3000)}1${"]".repeat(3000)} }}`,
  `${"{% if true %}".repeat(3000)}${"{% endif %}".repeat(3000)}`,
  `{{ ${"not ".repeat(3000)}1 }}`,
  `{{ 1${" + 1".repeat(30_000)} }}`,
  `{{ messages${"[0]".repeat(3000)} }}`,
  "{{ messages.__proto__ }}{{ messages['constructor']['constructor']('return process')().exit() }}",
  "{{ messages[0].content.constructor.constructor('return process')().exit() }}",
  "{{ ''.__class__.__mro__[1].__subclasses__() }}{{ self._TemplateReference__context }}",
  "{{ messages | map(attribute='constructor') | list }}{{ messages | selectattr('__proto__') | list }}",
  "{% set messages.__proto__.polluted = 1 %}{% set ns = namespace() %}{% set ns.__proto__ = messages %}{{ ns }}",
  "{{ messages | tojson(indent=1000000000) }}{{ 'a\nb' | indent(1000000000) }}",
  "{% include '/etc/passwd' %}{% import 'child_process' as c %}",
  "{{ range(-1000000000, 1000000000, 1) }}",
  "{{ 'a' * 1000000000 }}{{ 10 ** 100000 }}{{ 1 // 0 }}{{ 1 % 0 }}",
  "a".repeat(2_000_000),
  "{{",
  "{#",
];
const template = "chat_template.jinja";
const templateMemory = 2 ** 20; // KiB

/** Lists the processes that this one started. */
const children = () =>
  readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
/** Reads the most memory that a process has had, in KiB; 0 where it is gone. */
function peakOf(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const chatTemplate = {
  mayRefuse: true,
  // The process that renders is ended after eight seconds.
  longest: 10_000,
  bases: () => [
    ...parsed("chat-templates.json").cases.map(({ template: text }) => ({ [template]: Buffer.from(text) })),
    ...hostileTemplates.map((text) => ({ [template]: Buffer.from(text) })),
  ],
  change: (files, random, others) => {
    const text = String(files[template]);
    const at = random(text.length + 1);
    const part = String(pick(others, random)[template]);
    const changed = [
      () => changeText(text, random),
      () => `${text.slice(0, at)}${part}${text.slice(at)}`,
      () => `{% for x in messages %}${text}{% endfor %}${part.slice(0, random(200))}`,
      () =>
        text.replaceAll(/\b(content|role|messages)\b/g, () => pick(["constructor", "__proto__", "messages"], random)),
    ][random(4)]();
    return { [template]: Buffer.from(changed) };
  },
  read: async (folder) => {
    for (const name of ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"])
      copyFileSync(join(fixtures, "bert-mean", name), join(folder, name));
    const { openTokenizer } = await built("models/tokenizer/tokenizer.js");
    const settings = { folder: "", specialTokens: true, messages: "auto", modelType: "bert", maxPositions: 64 };
    let peak = 0;
    const patrol = setInterval(() => (peak = Math.max(peak, ...children().map(peakOf))), 20);
    try {
      const { encodeMessages } = await openTokenizer(await snapshotOf(folder), settings);
      for (const { ids } of await encodeMessages(["Hello, wörld!", "a ".repeat(500)], "query: "))
        if (ids.length > 64) throw new Error(`${ids.length} ids of 64`);
    } finally {
      clearInterval(patrol);
      // They would wait for another text.
      for (const pid of children()) process.kill(pid, "SIGKILL");
    }
    if ({}.polluted !== undefined) throw new Error("a template reached this process");
    if (peak > templateMemory) throw new Error(`${Math.round(peak / 1024)} MiB of memory to render a template`);
  },
};

export const modelReaders = { modules, "chat template": chatTemplate };
