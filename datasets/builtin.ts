import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Data set or model that is part of the package. */
interface Builtin {
  readonly kind: "dataset" | "model";
  readonly id: string;
  /** A commit hash where the same thing is on the Hub; otherwise a number that grows with every change. */
  readonly revision: string;
  /** Path from the package's root. */
  readonly folder: string;
}

const minis = ["sts", "classification", "clustering", "pairs", "retrieval", "reranking", "summarization"];

/** Data sets and models of the package, so that a first run needs no network. */
export const builtins: readonly Builtin[] = [
  ...minis.map((name) => {
    return { kind: "dataset", id: `pramana/mini-${name}`, revision: "1", folder: `datasets/mini/${name}` } as const;
  }),
  {
    kind: "model",
    id: "pramana/static-minilm-128",
    revision: "f950708a006825dc0b5f0b7701d464258144dbc3",
    folder: "models/sample",
  },
];

/** Finds the entry of a kind and id, and of a revision where one is given, whose folder is there. */
export function findBuiltin(
  kind: Builtin["kind"],
  id: string,
  revision?: string,
  table: readonly Builtin[] = builtins,
  root: string = packageRoot(),
): Builtin | undefined {
  const entry = table.find((one) => one.kind === kind && one.id === id);
  if (entry === undefined || (revision !== undefined && revision !== entry.revision)) return undefined;
  const folder = join(root, entry.folder);
  return existsSync(folder) ? { ...entry, folder } : undefined;
}

/** Finds the nearest folder upwards that holds package.json: the same from the sources and from dist/. */
export function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json")) || folder === dirname(folder)) return folder;
  }
}
