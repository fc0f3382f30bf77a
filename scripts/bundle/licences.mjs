/** The licences of the packages whose code is in the bundle or lies beside it, which have to come with it. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Licences whose conditions their own text meets. */
const allowed = ["MIT", "ISC", "BSD-3-Clause", "Apache-2.0", "0BSD", "(MIT OR CC0-1.0)"];
/** Packages under the MIT licence that come without its text, and the holders that their README or source names. */
const holders = {
  "fft.js": "Copyright Fedor Indutny, 2017",
  "onnxruntime-common": "Copyright (c) Microsoft Corporation",
  "onnxruntime-node": [
    "Copyright (c) Microsoft Corporation",
    "Its libraries contain works of others, which ThirdPartyNotices.txt of the same version names:",
    "https://github.com/microsoft/onnxruntime",
  ].join("\n"),
  "xz-decompress": [
    "Copyright (c) Tim Perry and contributors",
    "Based on xzwasm (c) Steve Sanderson (MIT). Contains walloc (c) 2020 Igalia, S.L. (MIT), and xz-embedded by Lasse",
    "Collin and Igor Pavlov, which is in the public domain.",
  ].join("\n"),
};
const mit = `Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/**
 * Makes one text of the licences of all packages that the modules at some paths are of. Throws for a package whose licence
 * is not known to allow that, or that has no text of it.
 */
export function licenceTexts(paths) {
  const folders = new Set(
    paths.flatMap((path) => /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path)?.[0] ?? []),
  );
  const head = "Pramana's program contains code of the packages below, or comes with them, under these licences.\n";
  return [head, ...[...folders].sort().map(licenceOf)].join(`\n${"-".repeat(80)}\n\n`);
}

/** Returns name, version and licence of the package in a folder. */
function licenceOf(folder) {
  const { name, version, license, homepage = "" } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  if (!allowed.includes(license)) throw new Error(`bundle: ${name} is under ${license}; allowed are ${allowed}`);
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  const texts = files.map((file) => readFileSync(join(folder, file), "utf8").trim());
  if (texts.length === 0 && name in holders) texts.push(`${holders[name]}\n\n${mit}`);
  if (texts.length === 0) throw new Error(`bundle: ${folder} has no text of its licence (${license}); name its holder`);
  return `${[`${name} ${version} (${license})`, homepage].join(" ").trim()}\n\n${texts.join("\n\n")}\n`;
}
