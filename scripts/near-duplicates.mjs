/**
 * `node scripts/near-duplicates.mjs [--documents 1000000]` looks for documents that are nearly the same in a made-up corpus of
 * paragraphs, among which a thousand edited copies are planted: how many are found, how many others are told, time and memory.
 * Ends with 1 where fewer than nine tenths of the copies are found, or memory is above a gigabyte beside that of the corpus.
 */
import { parseArgs } from "node:util";
import { peakBytes, startClock } from "./figures.mjs";
import { built, prepare } from "./prepare.mjs";
import { generator } from "./random.mjs";

const { values } = parseArgs({ options: { documents: { type: "string", default: "1000000" } } });
const documents = Number(values.documents);
const copies = Math.min(1000, Math.floor(documents / 10));
prepare();
const { openColumn } = await built("datasets/packed-texts.js");
const { alikeRows } = await built("tasks/findings/near.js");

const random = generator(42);
const consonants = "b c d f g h k l m n p r s t v w st tr pl ch sh".split(" ");
const syllables = consonants.flatMap((one) => ["a", "e", "i", "o", "u", "ou", "er", "an"].map((end) => one + end));
const pick = (list) => list[Math.floor(random() * list.length)];
/** Words of which the first are frequent, as in any language. */
const words = Array.from({ length: 30_000 }, () =>
  Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(syllables)).join(""),
);
const word = () => words[Math.floor(words.length * random() ** 4)];
const paragraph = () => Array.from({ length: 30 + Math.floor(random() * 40) }, word);
/** Changes two words in a hundred, the case and the punctuation. */
const edited = (text) =>
  text
    .split(" ")
    .map((one) => (random() < 0.02 ? word() : one))
    .join(random() < 0.5 ? "  " : ", ")
    .toUpperCase();

const texts = openColumn(true);
const originals = [];
for (let row = 0; row < documents - copies; row++) {
  const text = paragraph().join(" ");
  if (row % Math.floor((documents - copies) / copies) === 0 && originals.length < copies) originals.push([row, text]);
  texts.push(text);
}
for (const [, text] of originals) texts.push(edited(text));
const before = peakBytes();
const stop = startClock();
const found = alikeRows({ length: texts.length, textsOf: (row) => [texts.at(row)], partOf: () => 0 });
const { seconds, processor } = stop();
const first = documents - copies;
const right = found.filter(
  ({ row, first: original }) => row >= first && originals[row - first]?.[0] === original,
).length;
const memory = Math.round((peakBytes() - before) / 2 ** 20);
console.log(
  `${documents} documents, ${copies} of them edited copies: ${right} found, ${found.length - right} others told; ` +
    `${seconds.toFixed(1)} s, ${processor.toFixed(1)} s of processor time, ${memory} MiB beside the corpus`,
);
process.exitCode = right < 0.9 * copies || memory > 1024 ? 1 : 0;
