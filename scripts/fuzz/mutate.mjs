/** Seeded mutations of bytes, of text and of parsed JSON. Each takes a generator `random(n)`: a whole number below n. */
import { generator as uniform } from "../random.mjs";

/** Makes a generator of whole numbers below n, the same ones for the same seed. */
export function generator(seed) {
  const random = uniform(seed);
  return (n) => Math.floor(random() * n);
}

export const pick = (list, random) => list[random(list.length)];

const extremes = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fffffff, 0xffffffff, 0x80000000, 2 ** 24, 2 ** 28];

/** Changes of bytes, whatever they mean. */
const byteChanges = [
  function flipBits(bytes, random) {
    const changed = Buffer.from(bytes);
    for (let i = 0; i <= random(4); i++) changed[random(changed.length)] ^= 1 << random(8);
    return changed;
  },
  function setBytes(bytes, random) {
    const changed = Buffer.from(bytes);
    changed.fill(pick([0, 0xff, 0x7f, 0x80, 0x20], random), random(changed.length), random(changed.length + 1));
    return changed;
  },
  function cutEnd(bytes, random) {
    return bytes.subarray(0, random(bytes.length));
  },
  function cutPart(bytes, random) {
    const start = random(bytes.length);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(start + 1 + random(16))]);
  },
  function repeatPart(bytes, random) {
    const start = random(bytes.length);
    const part = bytes.subarray(start, start + 1 + random(64));
    return Buffer.concat([bytes.subarray(0, start), ...new Array(1 + random(200)).fill(part), bytes.subarray(start)]);
  },
  function setLength(bytes, random) {
    const changed = Buffer.from(bytes);
    const width = pick([2, 4, 8], random);
    if (changed.length < width) return changed;
    // Lengths stand at the start and at the end of files more often than between.
    const place = pick([0, changed.length - 8, random(changed.length)], random);
    const at = Math.min(Math.max(0, place), changed.length - width);
    const value = pick(extremes, random);
    if (width === 8) changed.writeBigUInt64LE(BigInt(value) << BigInt(pick([0, 31], random)), at);
    else changed.writeUIntLE(value % 2 ** (8 * width), at, width);
    return changed;
  },
  function setVarint(bytes, random) {
    const at = random(bytes.length);
    const varint = pick(
      [
        [0xff, 0xff, 0xff, 0xff, 0x0f],
        [0xff, 0xff, 0xff, 0xff, 0x07],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
        new Array(11).fill(0xff),
        [0xfe, 0xff, 0x7f],
      ],
      random,
    );
    const replaced = random(2) === 0 ? varint.length : 1;
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(varint), bytes.subarray(at + replaced)]);
  },
  function splice(bytes, random, other) {
    return Buffer.concat([bytes.subarray(0, random(bytes.length)), other.subarray(random(other.length))]);
  },
];

const numerals = [
  "1e308",
  "-1",
  "0",
  "1e999",
  "9007199254740993",
  "99999999999999999999",
  "0.5",
  "NaN",
  "-Infinity",
  "1".repeat(20_000),
];
const insertions = [
  '"',
  "\\",
  "\u0000",
  "\u001b[2J",
  "\ufeff",
  "\u202e",
  "[".repeat(50_000),
  '{"a":'.repeat(20_000),
  "\n".repeat(50_000),
  "-".repeat(9_000),
  "&a [*a,*a]",
  " ".repeat(90_000),
  "<script>",
  "../".repeat(50),
  "1".repeat(100_000),
];

/** Changes of text. */
const textChanges = [
  function blowUpNumber(text, random) {
    const places = [...text.matchAll(/-?\d+(?:\.\d+)?/g)];
    if (places.length === 0) return text;
    const { index, 0: old } = pick(places, random);
    return text.slice(0, index) + pick(numerals, random) + text.slice(index + old.length);
  },
  function insert(text, random) {
    const at = random(text.length + 1);
    return text.slice(0, at) + pick(insertions, random) + text.slice(at);
  },
  function repeatLine(text, random) {
    const lines = text.split("\n");
    const at = random(lines.length);
    const copies = new Array(1 + random(3000))
      .fill(lines[at])
      .slice(0, 1 + Math.floor(300_000 / (1 + lines[at].length)));
    return [...lines.slice(0, at), ...copies, ...lines.slice(at)].join("\n");
  },
  function repeatKey(text, random) {
    const places = [...text.matchAll(/"(?:[^"\\]|\\.)*"\s*:/g)];
    if (places.length === 0) return text;
    const { index, 0: key } = pick(places, random);
    return `${text.slice(0, index)}${key} ${pick(["null", "[]", "{}", '"x"', "-1"], random)}, ${text.slice(index)}`;
  },
  function mark(text) {
    return `\ufeff${text}`;
  },
];

const deep = (depth) => {
  let value = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
};
const values = [
  ...[
    null,
    true,
    0,
    -1,
    0.5,
    1e308,
    -1e308,
    2 ** 31,
    2 ** 32,
    2 ** 53,
    2 ** 53 + 2,
    1e15,
    4096,
    100_000_000,
    "",
    "x",
    "\u001b[31mred",
    "\u0000",
  ],
  ...[
    "../../etc/passwd",
    "/etc/passwd",
    "..\\..\\x",
    "C:\\x",
    "%2e%2e%2f",
    "constructor",
    "__proto__",
    "toString",
    "é\ud800",
  ],
  ...[
    [],
    {},
    [null],
    [[]],
    [-1],
    [0],
    [2 ** 53, 2 ** 53, 0],
    [1e9, 1e9],
    { "": "" },
    "x".repeat(100_000),
    new Array(5000).fill(0),
    deep(99),
    deep(500),
  ],
];

/** Lists every place in a value, as the object and key that hold it. */
function placesIn(value, places = [], left = { count: 4000 }) {
  if (typeof value !== "object" || value === null) return places;
  for (const key of Object.keys(value)) {
    if (left.count-- < 0) return places;
    places.push({ parent: value, key });
    placesIn(value[key], places, left);
  }
  return places;
}

/** Changes parsed JSON: values, keys, kinds, sizes. */
export function changeValue(value, random) {
  const changed = structuredClone(value);
  for (let i = 0; i <= random(3); i++) {
    const places = placesIn(changed);
    if (places.length === 0) return pick(values, random);
    // Places near the top decide more.
    const { parent, key } = pick(places, () => Math.min(random(places.length), random(places.length)));
    const other = pick(places, random);
    const kind = random(8);
    if (kind === 0) Array.isArray(parent) ? parent.splice(Number(key), 1) : delete parent[key];
    else if (kind === 1) parent[key] = structuredClone(other.parent[other.key]);
    else if (kind === 2 && !Array.isArray(parent)) {
      Object.defineProperty(
        parent,
        pick(["__proto__", "constructor", "", "\u001b[31m", "x".repeat(3000), key.toUpperCase()], random),
        { value: parent[key], enumerable: true, configurable: true, writable: true },
      );
    } else if (kind === 3 && typeof parent[key] === "number")
      parent[key] = parent[key] * pick([-1, 2, 0.5, 1000, 2 ** 20, 2 ** 40], random);
    else if (kind === 4 && typeof parent[key] === "string") parent[key] = changeText(parent[key], random);
    else parent[key] = structuredClone(pick(values, random));
  }
  return changed;
}

export const changeText = (text, random) => pick(textChanges, random)(text, random);

export function changeBytes(bytes, random, other = bytes) {
  let changed = bytes;
  for (let i = 0; i <= random(2) && changed.length > 0; i++)
    changed = pick(byteChanges, random)(changed, random, other);
  return changed;
}

/** Changes a file of text as bytes, as text or, where it is JSON, as a value. */
export function changeTextFile(bytes, random, other = bytes) {
  const kind = random(10);
  if (kind < 2) return changeBytes(bytes, random, other);
  const text = bytes.toString("utf8");
  if (kind < 5) return Buffer.from(changeText(text, random));
  try {
    return Buffer.from(JSON.stringify(changeValue(JSON.parse(text), random)) ?? "");
  } catch {
    return changeLine(text, random);
  }
}

/** Changes one line of JSON lines, or one scalar or indent of YAML. */
function changeLine(text, random) {
  const lines = text.split("\n");
  const at = random(lines.length);
  try {
    lines[at] = JSON.stringify(changeValue(JSON.parse(lines[at]), random));
  } catch {
    lines[at] = pick(
      [
        (line) => line.replace(/:.*/, `: ${JSON.stringify(pick(values, random))}`),
        (line) => `  ${line}`,
        (line) => line.trim(),
        (line) => `${line} &a`,
        (line) => `${line} *a`,
        (line) => `? ${line}`,
        (line) => line.replace(/[\w*]+/, "*a*".repeat(1 + random(30))),
      ],
      random,
    )(lines[at]);
  }
  return Buffer.from(lines.join("\n"));
}
