/** `npm run build:wasm` assembles the .wat files of tasks/ and writes each, as text, to a file NAME.wasm.ts beside it. */
import { readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import wabt from "wabt";
import { root } from "./prepare.mjs";

const { parseWat } = await wabt();
for (const place of ["tasks/metrics/paired-sums", "tasks/learners/exponentials", "tasks/learners/centers"]) {
  const source = `${place}.wat`;
  const module = parseWat(source, readFileSync(join(root, source), "utf8"), { simd: true });
  const code = Buffer.from(module.toBinary({}).buffer).toString("base64");
  const lines = code.match(/.{1,100}/g).map((line) => `  "${line}",`);
  const name = basename(place).replace(/-(.)/g, (_, letter) => letter.toUpperCase());
  writeFileSync(
    join(root, `${place}.wasm.ts`),
    `/** ${basename(source)}, assembled and in base64; written by \`npm run build:wasm\`. */\nexport const ${name}Code = [\n${lines.join("\n")}\n].join("");\n`,
  );
}
