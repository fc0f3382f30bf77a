/** `npm run build:wasm` assembles tasks/metrics/paired-sums.wat and writes it, as text, to paired-sums.wasm.ts. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import wabt from "wabt";
import { root } from "./prepare.mjs";

const source = "tasks/metrics/paired-sums.wat";
const { parseWat } = await wabt();
const module = parseWat(source, readFileSync(join(root, source), "utf8"), { simd: true });
const code = Buffer.from(module.toBinary({}).buffer).toString("base64");
const lines = code.match(/.{1,100}/g).map((line) => `  "${line}",`);
writeFileSync(
  join(root, "tasks/metrics/paired-sums.wasm.ts"),
  `/** paired-sums.wat, assembled and in base64; written by \`npm run build:wasm\`. */\nexport const pairedSumsCode = [\n${lines.join("\n")}\n].join("");\n`,
);
