/** Packages that lie beside the program in its package, so that npm installs none of them for users. */
import { cpSync, linkSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "../prepare.mjs";

/** Those that the program loads, with all that they need, and those that its types name; and which of their files. */
const carried = [
  // Its own script fetches CUDA libraries when npm installs it, from a host that many networks do not reach. Here the
  // script can be run by hand (docs/cuda.md). What is left out for macOS lies there under the name that is loaded as well.
  {
    name: "onnxruntime-node",
    files: /^(?!.*(\.map|libonnxruntime\.\d+\.\d+[\d.]*\.dylib|libonnxruntime_providers_\w+\.so)$)/,
  },
  { name: "zod", files: /(\.d\.cts|package\.json|LICENSE)$/ },
];
const modules = join(root, "node_modules");

/** Lists these packages, and which files of them. */
export const carriedPackages = () =>
  carried.flatMap(({ name, files }) => [...withNeeds(name)].map((one) => ({ name: one, files })));

/** Lays these packages into a folder. */
export function carryPackages(to) {
  for (const { name, files } of carriedPackages()) carry(name, files, to);
}

/** Lists a package and all that it depends on. */
function withNeeds(name, found = new Set()) {
  if (found.has(name)) return found;
  const { dependencies = {} } = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
  return Object.keys(dependencies).reduce((all, need) => withNeeds(need, all), found.add(name));
}

/** Lays files of a package into a folder, without copying their bytes where that can be. */
function carry(name, files, to) {
  cpSync(join(modules, name), join(to, name), {
    recursive: true,
    filter: (from) => {
      if (statSync(from).isDirectory()) return true;
      const path = relative(modules, from);
      return files.test(path) && !link(from, join(to, path));
    },
  });
}

/** Gives a file a second name; tells whether that could be. */
function link(from, to) {
  try {
    mkdirSync(dirname(to), { recursive: true });
    linkSync(from, to);
    return true;
  } catch {
    return false;
  }
}
