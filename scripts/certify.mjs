/**
 * `npm run certify [-- --only "^right: fp"] [--write]` starts servers on the loopback address, with planted faults and without,
 * made from the program's own encoder (scripts/certify/plants.mjs) and, where Python has sentence-transformers, from that.
 * `pramana certify` is to name every fault, and to accuse no server that is right. Ends with status 1 where it does not;
 * --write puts the table into docs/certify.md.
 */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { temporary } from "./certify/folders.mjs";
import { rightServers, wrongServers } from "./certify/plants.mjs";
import { startServer } from "./certify/server.mjs";
import { pythonFor } from "./json-lines.mjs";
import { putBetween } from "./marked-text.mjs";
import { built, prepare, referenceMaterial, root } from "./prepare.mjs";

const { values: options } = parseArgs({
  options: { only: { type: "string", default: "" }, write: { type: "boolean", default: false } },
});
prepare();
const shared = referenceMaterial("certify");
const hub = join(shared, "hub");
const tiny = join(shared, "models/tiny");
const { openAltered, openRepository } = await built("models/index.js");
const { readRepository } = await built("models/repository/repository.js");
const { openSnapshot } = await built("datasets/hub.js");
const { hubSettings } = await built("datasets/settings.js");
const { certify } = await built("commands/certify.js");
const { probes } = await built("runners/certify/probes.js");
const { pythonRandom } = await built("datasets/random/python.js");

const env = { ...process.env, HF_HUB_CACHE: hub, HF_HUB_OFFLINE: "1" };
const settings = { device: "cpu", threads: 2 };
const snapshotOf = (id) => openSnapshot({ kind: "model", id }, hubSettings(env));
const minilm = join(await (await snapshotOf("sentence-transformers/all-MiniLM-L6-v2")).resolve("modules.json"), "..");
const folders = {
  minilm,
  sample: "pramana/static-minilm-128",
  cls: join(tiny, "bert-cls"),
  dense: join(tiny, "bert-dense-student"),
};

const encoders = [];
const remembered = new Map();
/** Returns what makes vectors with a model, which is opened when it is first asked, once. */
function open(id, prompt = "") {
  const key = `${id} ${prompt}`;
  if (!remembered.has(key)) {
    const opening = async () => openRepository(await snapshotOf(id), settings);
    remembered.set(key, embedBy(opening, prompt));
  }
  return remembered.get(key);
}
/** Returns the same with other modules, or other settings. */
function altered(id, alter, more = {}) {
  return embedBy(async () => {
    const snapshot = await snapshotOf(id);
    const { modules } = await readRepository(snapshot);
    return openAltered(snapshot, alter(modules), { ...settings, ...more });
  });
}
function embedBy(opening, prompt = "") {
  let opened;
  return async (texts) => {
    if (opened === undefined) {
      opened = opening();
      encoders.push(opened);
    }
    const { data, rows, dims } = await (await opened).encode(texts, { prompt });
    return Array.from({ length: rows }, (_, i) => [...data.subarray(i * dims, (i + 1) * dims)]);
  };
}

/** Returns servers that give what sentence-transformers made of the same texts. */
function referenceServers() {
  const python = pythonFor("sentence-transformers", "sentence_transformers");
  if (python === undefined) return [];
  const texts = [...probes.map(({ text }) => text), " "];
  const { stdout, status } = spawnSync(python, [join(root, "scripts/certify_reference.py")], {
    input: JSON.stringify({ model: minilm, texts }),
    stdio: ["pipe", "pipe", "ignore"],
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error("certify: scripts/certify_reference.py failed");
  return Object.entries(JSON.parse(stdout)).map(([name, vectors]) => ({
    name,
    notes: name.includes("bf16") ? ["precision"] : [],
    embed: async (asked) => asked.map((text) => vectors[texts.indexOf(text)]),
  }));
}

/** Certifies a server as the command does, and returns the certificate. */
async function certificateOf({ model, embed, choice }) {
  const server = await startServer(embed);
  const out = [];
  const terminal = {
    ...{ env, signal: new AbortController().signal, now: () => Date.now() / 1000 },
    ...{ out: (text) => out.push(text), err: () => {}, readInput: async () => "" },
  };
  try {
    await certify(server.address, { against: model, format: "json", device: "cpu", threads: 2, ...choice }, terminal);
    return JSON.parse(out.join(""));
  } finally {
    await server.stop();
  }
}

const tools = { open, altered, random: pythonRandom(42).random, folders };
const chosen =
  (kind) =>
  ({ told }) =>
    new RegExp(options.only).test(`${kind}: ${told}`);
const rows = [];
let faults = 0;
try {
  for (const planted of wrongServers(tools).filter(chosen("wrong"))) {
    const { right, findings } = await certificateOf(planted);
    const named = findings.filter(({ harmful }) => harmful);
    const well = !right && named.some(({ cause }) => cause === planted.cause);
    const others = [...new Set(named.map(({ cause }) => cause))].filter((cause) => cause !== planted.cause);
    const sole = others.length === 0 ? "" : `, beside ${others.join(", ")}`;
    tell(
      "wrong",
      planted.told,
      well,
      well ? named.find(({ cause }) => cause === planted.cause).told + sole : JSON.stringify(findings),
    );
  }
  for (const planted of rightServers({ ...tools, reference: referenceServers() }).filter(chosen("right"))) {
    const { right, findings, distances } = await certificateOf(planted);
    const well = right && planted.notes.every((note) => findings.some(({ cause }) => cause === note));
    const said =
      findings.map(({ told }) => told).join("; ") || `nothing (${distances[0].most.toExponential(1)} at most)`;
    tell("right", planted.told, well, well ? said : JSON.stringify(findings));
  }
} finally {
  for (const opened of encoders) await (await opened).close();
  rmSync(temporary, { recursive: true, force: true });
}

function tell(kind, told, well, said) {
  if (!well) faults++;
  console.log(`${well ? "ok  " : "FAIL"} ${kind}: ${told}: ${said}`);
  rows.push({ kind, told, said });
}

const counted = (kind) => rows.filter((row) => row.kind === kind);
console.log(
  `\n${counted("wrong").length} wrong servers, ${counted("right").length} right ones, ${faults} of them not told so`,
);
if (options.write) {
  const table = (kind, heading) =>
    [
      `| ${heading} | what is said |`,
      "| --- | --- |",
      ...counted(kind).map((row) => `| ${row.told} | ${row.said.replaceAll("|", "\\|")} |`),
    ].join("\n");
  putBetween(
    "docs/certify.md",
    ["<!-- servers -->", "<!-- end of servers -->"],
    `${table("wrong", "a server that errs")}\n\n${table("right", "a server that is right")}`,
  );
}
process.exitCode = faults > 0 ? 1 : 0;
