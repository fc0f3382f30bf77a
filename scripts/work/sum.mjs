/** Sums what `count.cjs` wrote about a program to the figures of `figures.mjs`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { multiplyAdds, nodesIn } from "./products.mjs";

/** Reads the events of all threads in a folder, and ONNX Runtime's profiles, and returns each figure by its name. */
export function sumFigures(folder) {
  const names = readdirSync(folder);
  const text = (name) => readFileSync(join(folder, name), "utf8");
  const events = names
    .filter((name) => name.endsWith(".jsonl"))
    .flatMap((name) => text(name).trimEnd().split("\n"))
    .map((line) => JSON.parse(line));
  const of = (kind) => events.filter((event) => event.kind === kind);
  const sum = (kind, field) => of(kind).reduce((total, event) => total + (event[field] ?? 0), 0);
  // A session that was refused, as the one by which a thread begins ahead, leaves an empty one.
  const profiles = names.filter((name) => name.startsWith("profile-")).map(text);
  const nodes = profiles.filter((profile) => profile !== "").flatMap(nodesIn);
  const overNodes = (figure) => nodes.reduce((total, node) => total + figure(node), 0);
  const modules = new Set(of("module").map(({ url }) => pathOf(url)));
  const isOther = ({ path }) => path === undefined || !modules.has(pathOf(path));
  return {
    threads: of("thread").length - 1,
    sessions: of("session").length,
    runs: of("run").length,
    tokens: sum("run", "tokens"),
    places: sum("run", "places"),
    multiplyAdds: overNodes(({ type, inputs, outputs }) => multiplyAdds(type, inputs, outputs)),
    operators: nodes.length,
    operatorBytes: overNodes(({ bytes }) => bytes),
    tensorPeak: nodes.reduce((most, { peak }) => Math.max(most, peak), 0),
    messages: of("message").length,
    handedBytes: sum("message", "handed"),
    copiedBytes: sum("message", "copied"),
    files: of("file").filter(isOther).filter(isOnDisk).length,
    readBytes: of("read")
      .filter(isOther)
      .filter(isOnDisk)
      .reduce((total, { bytes }) => total + bytes, 0),
    modules: of("module").length,
    sourceLength: sum("module", "length"),
    allocatedBytes: sum("allocated", "bytes"),
    peakBytes: sum("process", "peak"),
  };
}

/** What the kernel writes about the machine is as much as the machine is large. */
const isOnDisk = ({ path = "" }) => !/^\/(?:proc|sys)\//.test(path);

const pathOf = (url) => (url.startsWith("file:") ? fileURLToPath(url) : url);
