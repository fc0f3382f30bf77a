import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
/** Folders from left to right; none may import from one to its right. */
const layers = ["datasets", "models", "tasks", "runners", "reports", "commands", "api", "."];
const maxLines = 300;
const maxDataLines = 600;

/** Heavy packages, each with the one file that may import it. */
const owners: Record<string, string> = {
  hyparquet: "datasets/parquet.ts",
  "hyparquet-compressors": "datasets/parquet.ts",
  "hyparquet-writer": "runners/results/samples-file.ts",
  yauzl: "datasets/zip.ts",
  "unbzip2-stream": "datasets/compression.ts",
  "xz-decompress": "datasets/compression.ts",
  undici: "datasets/undici.ts",
  bullmq: "runners/queue/broker.ts",
  ioredis: "runners/queue/broker.ts",
  aws4fetch: "runners/store/s3-request.ts",
  yaml: "datasets/front-matter.ts",
  "onnxruntime-node": "models/runtime/session.worker.cjs",
  protobufjs: "models/graph/onnx.ts",
  "multilingual-stemmer": "models/lexical/stemmer.ts",
  "@anush008/tokenizers": "models/tokenizer/rust.cjs",
  "@huggingface/jinja": "models/tokenizer/template.cjs",
  "ml-logistic-regression": "tasks/learners/ml.ts",
  "ml-matrix": "tasks/learners/linear-algebra.ts",
  "ml-kmeans": "tasks/learners/ml.ts",
  commander: "commands/program.ts",
  sucrase: "runners/select.ts",
  vega: "reports/vega.ts",
  "vega-lite": "reports/vega.ts",
};

const sources = [...layers, "tests"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: folder !== "." })
    .map((entry) => normalize(join(folder, String(entry))))
    .filter((path) => /\.(ts|mjs|cjs)$/.test(path) && !path.includes("fixtures")),
);
const product = sources.filter((path) => !/\.test\.ts$|testing\/|^tests\/|vitest\.config/.test(path));

const importsOf = (path: string, { types = true } = {}): string[] =>
  [
    ...readFileSync(join(root, path), "utf8").matchAll(
      /(?:^|\n)(?:(?:import|export)(\stype)?\s(?:[^"';]*?\sfrom\s)?|const [^=;]+ = require\()"([^"]+)"/g,
    ),
  ]
    .filter((match) => types || match[1] === undefined)
    .map((match) => match[2]);
const localImportsOf = (path: string, options = {}): string[] =>
  importsOf(path, options)
    .filter((name) => name.startsWith("."))
    .map((name) => relative(root, join(root, dirname(path), name)));
const layerOf = (path: string): number => Math.max(0, layers.indexOf(path.includes("/") ? path.split("/")[0] : "."));

/** Finds a cycle of imports from `start`, as the path that closes it; an empty one where there is none. */
function findCycle(start: string, graph: ReadonlyMap<string, string[]>, done: Set<string>, trail: string[]): string[] {
  if (trail.includes(start)) return [...trail.slice(trail.indexOf(start)), start];
  if (done.has(start)) return [];
  for (const next of graph.get(start) ?? []) {
    const cycle = findCycle(next, graph, done, [...trail, start]);
    if (cycle.length > 0) return cycle;
  }
  done.add(start);
  return [];
}

describe("the shape of the project", () => {
  it("imports point left: datasets → models → tasks → runners → reports → commands | api → root", () => {
    const areSiblings = (a: string, b: string): boolean => /^commands\/.*:api\/|^api\/.*:commands\//.test(`${a}:${b}`);
    const wrong = product.flatMap((path) =>
      localImportsOf(path)
        .filter((target) => layerOf(target) > layerOf(path) || areSiblings(path, target))
        .map((target) => `${path} imports ${target}`),
    );
    expect(wrong).toEqual([]);
  });

  it("tasks see only types and pure functions of what lies left of them", () => {
    const allowed = [
      "datasets/table.ts",
      "datasets/columns.ts",
      "datasets/conform.ts",
      "datasets/iterative-stratification.ts",
      "datasets/sampling.ts",
      "datasets/subset-pairs.ts",
      "datasets/random/numpy.ts",
      "datasets/random/python.ts",
      "datasets/errors.ts",
      "datasets/document.ts",
      "datasets/group-by.ts",
      "datasets/shown.ts",
      "datasets/suggest.ts",
      "models/encoder.ts",
      "models/model.ts",
      "models/hybrid.ts",
      "models/kernels.ts",
      "models/late-interaction.ts",
      "models/matrix.ts",
      "models/sparse-matrix.ts",
      // The package's root, where the data of the catalogue lie.
      "datasets/builtin.ts",
      "datasets/preparation/columns.ts",
      "datasets/preparation/steps.ts",
      "datasets/strip.ts",
    ];
    const wrong = product
      .filter((path) => path.startsWith("tasks/"))
      .flatMap((path) => localImportsOf(path).map((target) => ({ path, target })))
      .filter(({ target }) => !target.startsWith("tasks/") && !allowed.includes(target));
    expect(wrong).toEqual([]);
  });

  it("there is no import cycle", () => {
    const graph = new Map(product.map((path) => [path, localImportsOf(path)]));
    const done = new Set<string>();
    for (const path of product) expect(findCycle(path, graph, done, [])).toEqual([]);
  });

  it("every heavy package is imported by one file", () => {
    const wrong = product.flatMap((path) =>
      importsOf(path)
        .filter((name) => name in owners && owners[name] !== path)
        .map((name) => `${path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it("the leaderboard loads no heavy package: half of its time would go into that", () => {
    const loaded = new Set<string>();
    const load = (path: string): void => {
      if (loaded.has(path)) return;
      loaded.add(path);
      for (const name of importsOf(path, { types: false }).filter((one) => !one.startsWith("."))) loaded.add(name);
      localImportsOf(path, { types: false }).forEach(load);
    };
    load("commands/leaderboard.ts");
    load("reports/render.ts");
    load("cli.ts");
    load("work.ts");
    expect([...loaded].filter((name) => name === "zod" || (name in owners && name !== "commander"))).toEqual([]);
  });

  it("the packages that the product imports are the ones that were chosen; npm installs those with native code", () => {
    const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const light = ["fastest-levenshtein", "zod"];
    const named = product.flatMap((path) => [
      ...importsOf(path),
      ...Array.from(readFileSync(join(root, path), "utf8").matchAll(/import\("([^"]+)"\)/g), ([, name]) => name),
    ]);
    const packages = named
      .filter((name) => /^(?!node:)[@a-z]/.test(name))
      .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0]);
    expect([...new Set(packages)].sort()).toEqual([...Object.keys(owners), ...light, "vitest"].sort());
    expect(Object.keys(manifest.dependencies)).toEqual(["@anush008/tokenizers"]);
  });

  it("no script of a package runs when npm installs: onnxruntime-node's needs a host that many networks do not reach", () => {
    // npm runs what the lock file says is there. A newer npm may write these marks again; they have to go again.
    expect(readFileSync(join(root, "package-lock.json"), "utf8")).not.toContain("hasInstallScript");
  });

  it("vitest, which a user need not have, is imported by the matchers alone", () => {
    const wrong = product.filter((path) => path !== "api/vitest.ts" && importsOf(path).includes("vitest"));
    expect(wrong).toEqual([]);
    expect(product.flatMap((path) => localImportsOf(path)).filter((target) => target === "api/vitest.ts")).toEqual([]);
  });

  it("every script is named where somebody looks for it: on a page, in package.json, or by what calls it", () => {
    const scripts = readdirSync(join(root, "scripts")).filter((name) => /\.(mjs|py|sh)$/.test(name));
    const naming = [
      ...["package.json", ".ci/run", "CONTRIBUTING.md", "README.md"],
      ...readdirSync(join(root, "docs"), { recursive: true }).map((name) => `docs/${name}`),
      ...readdirSync(join(root, "scripts"), { recursive: true }).map((name) => `scripts/${name}`),
      ...sources,
    ].filter((path) => /(\.(md|mjs|ts|sh)|\/run|package\.json)$/.test(path));
    const texts = naming.map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
    const isNamed = (name: string): boolean =>
      texts.some(({ path, text }) => path !== `scripts/${name}` && text.includes(name));
    expect(scripts.filter((name) => !isNamed(name))).toEqual([]);
  });

  it("files stay short", () => {
    const long = sources
      .map((path) => ({ path, lines: readFileSync(join(root, path), "utf8").split("\n").length }))
      .filter(({ path, lines }) => lines > (path.includes("/catalog/") ? maxDataLines : maxLines));
    expect(long).toEqual([]);
  });

  it("only the command line and calls from programs read the environment and the clock's wall time", () => {
    const wrong = product.filter(
      (path) =>
        layerOf(path) < layers.length - 1 &&
        path !== "api/world.ts" &&
        /process\.env|Math\.random/.test(readFileSync(join(root, path), "utf8")),
    );
    expect(wrong).toEqual([]);
  });
});
