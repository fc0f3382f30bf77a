#!/usr/bin/env bash
# gpu-pack.sh [ARCH]: packs this project by the reference material's gpu-kit/pack.sh for a machine with an NVIDIA card and no
# network, in three pieces in .gpu/. That kit takes a program as modules in dist/ with its packages as dependencies, so it is
# given a copy in that form; the scripts find the compiled modules there (`built` in prepare.mjs).
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
kit=$(cd "${PRAMANA_SHARED:-$root/../shared}/gpu-kit" && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
cd "$root"
node --input-type=module -e 'const { prepare } = await import(process.argv[1]); prepare()' "$root/scripts/prepare.mjs"

cp -r build "$copy/dist"
cp dist/.pramana-built "$copy/dist/"
mkdir "$copy/scripts"
echo 'export const prepare = () => {};' >"$copy/scripts/prepare.mjs"
touch "$copy/.npmrc"
# The same versions: npm takes them from the lock file as far as they are wanted.
cp package-lock.json "$copy/"
node --input-type=module - "$copy" <<'JS'
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
const [copy] = process.argv.slice(2);
const { name, version, dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const modules = readdirSync("build", { recursive: true }).filter((file) => /\.c?js$/.test(file));
const text = modules.map((file) => readFileSync(join("build", file), "utf8")).join("\n");
const tools = ["typescript", "vitest"];
const imported = Object.entries(devDependencies).filter(
  ([one]) => !tools.includes(one) && new RegExp(`["']${one}(?:/[^"']*)?["']`).test(text),
);
const all = { ...dependencies, ...Object.fromEntries(imported) };
writeFileSync(join(copy, "package.json"), JSON.stringify({ name, version, dependencies: all }));
JS
(cd "$copy" && git init -q && npm install --package-lock-only --ignore-scripts --no-audit --no-fund >/dev/null)
ln -s "$root/node_modules" "$copy/node_modules"

bash "$kit/pack.sh" "$copy" "${1:-90}"
rm -rf .gpu
mv "$copy/.gpu" .
exclude=$(git rev-parse --git-path info/exclude)
grep -sqx '/.gpu/' "$exclude" || echo '/.gpu/' >>"$exclude"
