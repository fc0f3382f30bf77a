import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { readPickle } from "./pickle.ts";
import { viewsOf } from "./pickle-values.ts";
import { readPickledTensors } from "./pytorch.ts";

const fail = (reason: string): never => {
  throw new InputError(reason);
};
const read = (bytes: Buffer) => readPickle(bytes, 0, fail).value;

/** Joins operations: texts byte for byte, numbers as 32-bit integers with their operation. */
const pickle = (...parts: (string | number)[]): Buffer =>
  Buffer.concat(
    ["\x80\x02", ...parts, "."].map((part) => {
      if (typeof part === "string") return Buffer.from(part, "latin1");
      const bytes = Buffer.from("J\0\0\0\0");
      bytes.writeInt32LE(part, 1);
      return bytes;
    }),
  );
const text = (value: string): string => `X${String.fromCharCode(value.length)}\0\0\0${value}`;
const storage = (key = "0", count = 6, type = "torch\nFloatStorage"): (string | number)[] => [
  `(${text("storage")}c${type}\n${text(key)}${text("cpu")}`,
  count,
  "tQ",
];
const numbers = (values: readonly number[]): (string | number)[] => ["(", ...values, "t"];
const tensor = (
  dims: readonly number[],
  strides: readonly number[],
  { offset = 0, of = storage(), rest = "\x89ccollections\nOrderedDict\n)R" } = {},
): (string | number)[] => [
  "ctorch._utils\n_rebuild_tensor_v2\n(",
  ...of,
  offset,
  ...numbers(dims),
  ...numbers(strides),
  `${rest}tR`,
];
const entry = (value: readonly (string | number)[], name = "a"): (string | number)[] => [text(name), ...value, "s"];

describe("a pickle", () => {
  it("of tensors is read", () => {
    const bytes = pickle("}", ...entry(tensor([2, 3], [3, 1])));
    expect([...viewsOf(read(bytes), fail)]).toEqual([
      [
        "a",
        {
          kind: "tensor",
          storage: { kind: "storage", key: "0", type: "float", count: 6 },
          offset: 0,
          dims: [2, 3],
          strides: [3, 1],
        },
      ],
    ]);
  });

  it("of numbers and texts is read", () => {
    const parts = ["(", 7, "K\xffM\x01\x02\x8a\x02\xff\xff\x8a\x00N\x88\x89G\x3f\xe0\0\0\0\0\0\0", `${text("é")}l`];
    expect(() => read(pickle(...parts))).toThrow("its pickle has the operation 0x6c at byte 37, which no weights need");
    const tuple = pickle(...parts.slice(0, -1), "U\x02abT\x01\0\0\0ct");
    expect(read(tuple)).toEqual({
      kind: "tuple",
      items: [7, 255, 513, -1, 0, null, true, false, 0.5, "ab", "c"],
    });
  });

  it("of protocol 4 is read", () => {
    const name = "\x8c\x0bcollections\x94\x8c\x0bOrderedDict\x94\x93)R\x94h\x02\x86";
    expect(read(Buffer.from(`\x80\x04\x95\0\0\0\0\0\0\0\0${name}.`, "latin1"))).toEqual({
      kind: "tuple",
      items: [new Map(), new Map()],
    });
  });

  it("of Python 2 gives the entries of an ordered dictionary as a list", () => {
    expect(read(pickle(`ccollections\nOrderedDict\n(](](${text("a")}`, 1, "eetR."))).toEqual(new Map([["a", 1]]));
  });
});

describe("pickles of strangers", () => {
  const asks = (name: string): string =>
    `asks for ${name}, which is neither a tensor nor an ordered dictionary, and is not loaded or run`;
  const many = limits.pickleSteps;
  const cases: [string, Buffer, string][] = [
    ["a command", pickle(`cos\nsystem\n(${text("touch /tmp/x")}tR`), asks("os.system")],
    ["a command by another name", pickle(`cposix\nsystem\n(${text("id")}tR`), asks("posix.system")],
    ["an expression", pickle(`cbuiltins\neval\n(${text("1")}tR`), asks("builtins.eval")],
    ["an old expression", pickle(`c__builtin__\neval\n(${text("1")}tR`), asks("__builtin__.eval")],
    ["an attribute", pickle("cbuiltins\ngetattr\n"), asks("builtins.getattr")],
    ["NumPy's arrays", pickle("cnumpy.core.multiarray\n_reconstruct\n"), asks("numpy.core.multiarray._reconstruct")],
    ["a name from the stack", pickle(`${text("os")}${text("system")}\x93`), asks("os.system")],
    ["a name of our own objects", pickle("c__proto__\nconstructor\n"), asks("__proto__.constructor")],
    [
      "a part of a known name",
      pickle("ccollections\nOrderedDict.fromkeys\n"),
      asks("collections.OrderedDict.fromkeys"),
    ],
    ["a name that is no text", pickle("NN\x93"), "has a name of no text"],
    ["a name without end", Buffer.from("\x80\x02ctorch", "latin1"), "ends within a name"],
    ["a class of its own", pickle("}(i"), "the operation 0x69 at byte 4, which no weights need"],
    ["an object", pickle("(o"), "the operation 0x6f"],
    ["an instance", pickle("N)\x81"), "the operation 0x81"],
    ["an extension", pickle("\x82\x01"), "the operation 0x82"],
    ["a newer protocol", Buffer.from("\x80\x05.", "latin1"), "is of the protocol 5, known are those to 4"],
    ["a call of a storage's class", pickle("ctorch\nFloatStorage\n)R"), "calls what cannot be called"],
    ["a call of a text", pickle(`${text("os.system")})R`), "calls what cannot be called"],
    ["attributes", pickle(`}}${text("__class__")}Nsb`), "sets attributes other than _metadata"],
    ["attributes of a tensor", pickle(...tensor([6], [1]), "}b"), "sets attributes other than _metadata"],
    ["an empty stack", pickle("\x86"), "takes a value that is not there"],
    ["a value below a mark", pickle("N(\x85"), "takes a value that is not there"],
    ["no mark", pickle("Nt"), "takes a mark that is not there"],
    ["a value that was not kept", pickle("h\x05"), "takes the value 5, which it has not kept"],
    ["entries of a list", pickle("]NNs"), "puts entries into what is no dictionary"],
    ["half an entry", pickle("}(Nu"), "puts entries into what is no dictionary"],
    ["items of a dictionary", pickle("}Na"), "puts items into what is no list"],
    ["a text of 4 GB", pickle("X\xff\xff\xff\xffabc"), "goes on behind its 11 bytes"],
    ["values without end", Buffer.alloc(many + 8, "}"), `has more than ${many} operations, see docs/safety.md`],
    ["marks without end", Buffer.alloc(many + 8, "("), `has more than ${many} operations`],
    [
      "kept values without end",
      Buffer.concat([Buffer.from("N"), Buffer.alloc(many + 8, "\x94", "latin1")]),
      `has more than ${many} operations`,
    ],
    ["a list within itself", pickle("]q\0h\0a"), "is no dictionary of tensors by their names"],
    [
      "a dictionary within itself",
      pickle(`}q\0${text("a")}h\0s`),
      "its entry a is no tensor; save the state_dict alone",
    ],
    ["a number as a name", pickle("}NNs"), "has a tensor whose name is no text"],
    ["lists within lists", pickle("]".repeat(2000), "a".repeat(1999)), "is no dictionary of tensors by their names"],
    ["a storage of another kind", pickle(`${text("x")}Q`), "has a storage that is not understood"],
    ["a storage of fewer than no elements", pickle(...storage("0", -1)), "has a storage that is not understood"],
    ["a tensor of a text", pickle(...tensor([1], [1], { of: [text("x")] })), "has a tensor that is not understood"],
    ["fewer strides than sizes", pickle(...tensor([2, 3], [1])), "has a tensor that is not understood"],
    ["a negative size", pickle(...tensor([-2], [1])), "has a tensor that is not understood"],
    ["a negative stride", pickle(...tensor([2], [-1])), "has a tensor that is not understood"],
    ["a negative offset", pickle(...tensor([2], [1], { offset: -1 })), "has a tensor that is not understood"],
    [
      "more dimensions than PyTorch has",
      pickle(...tensor(Array(65).fill(1), Array(65).fill(1))),
      "has a tensor that is not understood",
    ],
    ["hooks", pickle(...tensor([6], [1], { rest: "\x89}NNs" })), "has a tensor with hooks or marks"],
    [
      "the mark of a negated tensor",
      pickle(...tensor([6], [1], { rest: `\x89}}${text("neg")}\x88s` })),
      "has a tensor with hooks or marks",
    ],
  ];
  it.each(cases)("%s", (_, bytes, reason) => {
    expect(() => viewsOf(read(bytes), fail)).toThrow(
      expect.objectContaining({ name: InputError.name, message: expect.stringContaining(reason) }),
    );
  });
});

/** Writes the stream form of a pickle and its storages of single-precision zeros. */
function stream(
  state: readonly (string | number)[],
  storages: readonly (readonly [key: string, count: number])[],
): string {
  const head = [
    "\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02",
    1001,
    `.\x80\x02}${text("little_endian")}\x88s`,
  ];
  const keys = storages.map(([key]) => text(key));
  const data = storages.map(([, count]) => {
    const bytes = Buffer.alloc(8 + Math.max(0, Math.min(count, 100)) * 4);
    bytes.writeBigInt64LE(BigInt(count));
    return bytes;
  });
  const path = join(mkdtempSync(join(tmpdir(), "pramana-stream-")), "pytorch_model.bin");
  const pickles = pickle(...head, ".\x80\x02}", ...state, ".\x80\x02](", ...keys, "e");
  writeFileSync(path, Buffer.concat([pickles, ...data]));
  return path;
}

describe("sizes that lie", () => {
  const one = entry(tensor([2, 3], [3, 1]));
  it("a true one is read", async () => {
    expect((await readPickledTensors(stream(one, [["0", 6]]))).get("a")).toMatchObject({ length: 24, dims: [2, 3] });
  });

  const of = (count: number, key = "0"): (string | number)[] => storage(key, count);
  const cases: [string, string, string][] = [
    ["another count than the pickle's", stream(one, [["0", 7]]), "its storage 0 has 7 elements, its pickle says 6"],
    ["a negative count", stream(one, [["0", -1]]), "its storage 0 has -1 elements, its pickle says 6"],
    ["more than there is", stream(entry(tensor([1000], [1], { of: of(1000) })), [["0", 1000]]), "its storage 0 at "],
    ["a storage that is not listed", stream(one, []), "its storage 0 is not there"],
    [
      "a storage that is listed twice",
      stream(one, [
        ["0", 6],
        ["0", 6],
      ]),
      "its storage 0 is there twice",
    ],
    [
      "a storage that no tensor takes",
      stream(one, [
        ["0", 6],
        ["1", 6],
      ]),
      "no tensor takes its storage 1",
    ],
    [
      "a tensor beyond its storage",
      stream(entry(tensor([2, 3], [3, 1], { offset: 1 })), [["0", 6]]),
      "tensor a ends at element 7 of its storage, which has 6",
    ],
    [
      "strides beyond it",
      stream(entry(tensor([2, 3], [4, 1])), [["0", 6]]),
      "tensor a ends at element 7 of its storage, which has 6",
    ],
    [
      "few bytes that stand for much",
      stream(entry(tensor([2 ** 30, 2 ** 30], [0, 0])), [["0", 6]]),
      "its tensors up to a take 4611686018427388000 bytes to put in order, at most ",
    ],
    [
      "many views of all of it",
      stream(Array.from({ length: 50 }, (_, i) => entry(tensor([10, 10], [1, 10], { of: of(100) }), `v${i}`)).flat(), [
        ["0", 100],
      ]),
      "bytes to put in order, at most ",
    ],
    [
      "a storage of two types",
      stream([...one, ...entry(tensor([6], [1], { of: storage("0", 6, "torch\nIntStorage") }), "b")], [["0", 6]]),
      "its storage 0 is of two types",
    ],
  ];
  it.each(cases)("%s", async (_, path, reason) => {
    await expect(readPickledTensors(path)).rejects.toBeInstanceOf(InputError);
    await expect(readPickledTensors(path)).rejects.toThrow(reason);
  });
});
