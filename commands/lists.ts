import { builtins } from "../datasets/builtin.ts";
import { cachedRepositories } from "../datasets/cache.ts";
import { hubSettings } from "../datasets/settings.ts";
import { supportedModelTypes } from "../models/architectures/index.ts";
import { fitTable, left, markdownTable, right, tableText } from "../reports/table.ts";
import { benchmarks } from "../tasks/benchmarks.ts";
import { catalogue } from "../tasks/index.ts";
import type { Terminal } from "./terminal.ts";

/** Prints the tasks: in a terminal those columns that have room, otherwise all of them as Markdown. */
export function listTasks({ out, outWidth }: Pick<Terminal, "out" | "outWidth">): void {
  const memberships = new Map<string, string[]>();
  for (const benchmark of benchmarks()) {
    for (const task of benchmark.tasks) memberships.set(task, [...(memberships.get(task) ?? []), benchmark.name]);
  }
  const columns = ["Task", "Type", "Main score", "Benchmarks", "Data set", "Subsets"].map(left);
  const rows = catalogue().map(({ name, type, dataset, languages, mainScore }) => [
    name,
    type,
    mainScore,
    (memberships.get(name) ?? []).join(", "),
    dataset.path,
    subsetNames(languages),
  ]);
  if (outWidth === undefined) {
    out(markdownTable(columns, rows));
    return;
  }
  const { lines, noRoom } = fitTable(columns, rows, outWidth, { names: columns.length - 1, whole: "a pipe" });
  out(tableText(lines, noRoom));
}

/** Most names of subsets that a cell holds; some tasks have thousands. */
const shownSubsets = 20;

function subsetNames(languages: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(languages);
  const more = names.length > shownSubsets ? ` and ${names.length - shownSubsets} more` : "";
  return `${names.slice(0, shownSubsets).join(", ")}${more}`;
}

export function listBenchmarks({ out }: Terminal): void {
  const columns = [left("Benchmark"), right("Tasks"), left("Description")];
  const rows = benchmarks().map(({ name, tasks: members, unsupported, description }) => {
    const lack = unsupported.length === 0 ? "" : `; not supported and left out: ${unsupported.join(", ")}`;
    return [name, String(members.length), `${description}${lack}`];
  });
  out(markdownTable(columns, rows));
}

export async function listModels({ out, env }: Terminal): Promise<void> {
  const { cacheDir } = hubSettings(env);
  const own = builtins.filter(({ kind }) => kind === "model").map(({ id }) => id);
  const cached = (await cachedRepositories("model", cacheDir)).filter((id) => !own.includes(id));
  const rows = [...own.map((id) => [id, "built in"]), ...cached.map((id) => [id, "in the cache"])];
  out(markdownTable(["Model", "Where"].map(left), rows));
  out(
    `\nAny sentence-transformers or transformers repository of these families runs: ${supportedModelTypes.join(", ")}; static embeddings too. With --onnx, any that ships onnx/model.onnx. Besides repositories: bm25 (a lexical baseline for retrieval and reranking), ADDRESS#MODEL (an OpenAI-compatible API), precomputed:FOLDER (vectors made elsewhere).\n`,
  );
}
