/** The fuzzed reader of pickled weights: files that PyTorch wrote, whose pickles are changed where they lie. */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { built, root } from "../prepare.mjs";
import { changeBytes, pick } from "./mutate.mjs";

const file = "pytorch_model.bin";
const fixtures = join(root, "models/repository/fixtures/pickled");
const forbidden = "/tmp/pramana-fuzz-pickle-ran";
/** Parts of pickles that ask for more than weights need. */
const parts = [
  `cos\nsystem\n(X\x22\x00\x00\x00touch ${forbidden}tR`,
  `cbuiltins\nexec\n(X\x01\x00\x00\x001tR`,
  "\x94".repeat(3000),
  "}".repeat(3000),
  "(".repeat(3000),
  "]h\x00a",
  "r\xff\xff\xff\x7f",
  "X\xff\xff\xff\xff",
  "\x8a\xff",
  "J\xff\xff\xff\xff",
  "J\xff\xff\xff\x7f",
  "\x86\x51",
  "h\x00R",
];

/** Returns where the pickle of the tensors begins and ends, as far as that is seen without reading it. */
function pickleIn(bytes) {
  const start = bytes.indexOf("\x80\x02}", 0, "latin1");
  const at = start < 0 ? bytes.indexOf("\x80\x02c", 0, "latin1") : start;
  return [Math.max(0, at), Math.min(bytes.length, at + 900)];
}

export const pickledWeights = {
  mayRefuse: true,
  bases: () =>
    readdirSync(fixtures)
      .filter((name) => name.endsWith(".bin") && statSync(join(fixtures, name)).size < 20_000)
      .map((name) => ({ [file]: readFileSync(join(fixtures, name)) })),
  change: (files, random, others) => {
    const bytes = Buffer.from(files[file]);
    const [start, end] = pickleIn(bytes);
    const kind = random(4);
    if (kind === 0) return { [file]: changeBytes(bytes, random, pick(others, random)[file]) };
    // In an archive what follows keeps its place, so that the change gets as far as it can.
    if (kind === 1) bytes.write(pick(parts, random).slice(0, 60), start + random(end - start), "latin1");
    if (kind === 2) bytes[start + random(end - start)] = random(256);
    if (kind === 3) {
      const at = start + random(end - start);
      const part = Buffer.from(pick(parts, random), "latin1");
      return { [file]: Buffer.concat([bytes.subarray(0, at), part, bytes.subarray(at)]) };
    }
    return { [file]: bytes };
  },
  read: async (folder) => {
    const { readPickledTensors } = await built("models/repository/pytorch.js");
    const reading = readPickledTensors(join(folder, file));
    await reading.catch(() => undefined);
    if (existsSync(forbidden)) throw new Error("a pickle was run");
    for (const { name, file: at, offset, length, bytes } of (await reading).values())
      if (bytes === undefined && offset + length > statSync(at).size)
        throw new Error(`tensor ${name} ends beyond its file`);
  },
};
