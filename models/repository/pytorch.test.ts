import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { sharedFolder } from "../../datasets/testing/shared.ts";
import type { ElementType } from "../graph/onnx.ts";
import { openRepository } from "../index.ts";
import { revisionOf } from "../revision.ts";
import { openFolder } from "../testing/checkpoint.ts";
import { fromBf16, fromFp16 } from "../testing/retype.ts";
import { readPickledTensors } from "./pytorch.ts";
import type { StoredTensor } from "./safetensors.ts";

const fixtures = fileURLToPath(new URL("fixtures/pickled", import.meta.url));
const fixture = (name: string): string => join(fixtures, `${name}.bin`);
interface Expected {
  readonly type: ElementType;
  readonly dims: number[];
  readonly inOrder: boolean;
  readonly values: number[];
}
const expected: Record<string, Record<string, Expected>> = JSON.parse(
  readFileSync(join(fixtures, "expected.json"), "utf8"),
);

function valuesOf({ file, offset, length, bytes, type }: StoredTensor): number[] {
  const stored = Uint8Array.from(bytes ?? readFileSync(file).subarray(offset, offset + length)).buffer;
  const read: Readonly<Record<ElementType, () => Iterable<number>>> = {
    double: () => new Float64Array(stored),
    float: () => new Float32Array(stored),
    float16: () => [...new Uint16Array(stored)].map(fromFp16),
    bfloat16: () => [...new Uint16Array(stored)].map(fromBf16),
    int64: () => [...new BigInt64Array(stored)].map(Number),
    int32: () => new Int32Array(stored),
    int8: () => new Int8Array(stored),
    uint8: () => new Uint8Array(stored),
    bool: () => new Uint8Array(stored),
  };
  return [...read[type]()];
}

describe("files that PyTorch wrote", () => {
  it.each(Object.keys(expected))("%s gives the tensors that PyTorch reads", async (name) => {
    const tensors = await readPickledTensors(fixture(name));
    expect([...tensors.keys()]).toEqual(Object.keys(expected[name]));
    for (const [key, { type, dims, inOrder, values }] of Object.entries(expected[name])) {
      const tensor = tensors.get(key) as StoredTensor;
      expect(tensor, key).toMatchObject({ name: key, type, dims });
      expect(tensor.bytes === undefined, key).toBe(inOrder);
      expect(valuesOf(tensor), key).toEqual(values);
    }
  });

  it("are all tested", () => {
    const names = readdirSync(fixtures).filter((name) => name.endsWith(".bin") && !name.startsWith("refused-"));
    expect(names.sort()).toEqual(
      Object.keys(expected)
        .map((name) => `${name}.bin`)
        .sort(),
    );
  });

  it.each([
    ["refused-compressed", "is compressed; expected one that is stored as it is"],
    ["refused-tar", "it is a tar archive, the form of PyTorch before 0.2; fetch it again, or convert it"],
    ["refused-double", "its pickle asks for torch.DoubleStorage, "],
    ["refused-nested", "its entry model is no tensor; save the state_dict alone"],
    ["refused-whole-module", "its pickle asks for torch.nn.modules.container.Sequential, "],
    ["refused-conjugated", "its pickle asks for torch.ComplexFloatStorage, "],
    ["refused-v3", "its pickle asks for torch._utils._rebuild_tensor_v3, "],
  ])("%s is refused", async (name, reason) => {
    await expect(readPickledTensors(fixture(name))).rejects.toThrow(reason);
    await expect(readPickledTensors(fixture(name))).rejects.toBeInstanceOf(InputError);
  });
});

const shared = sharedFolder();
describe.skipIf(shared === undefined)("a checkpoint whose only weights are pickled (../shared/cases/models)", () => {
  it("gives the vectors of sentence-transformers", async () => {
    const folder = join(String(shared), "cases/models/24-pytorch-bin-only");
    const { texts, cases } = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
    const encoder = await openRepository(await openFolder(folder), { device: "cpu", threads: 1 });
    try {
      for (const [i, text] of texts.entries()) {
        const { data } = await encoder.encode([text]);
        const apart = cases[0].embeddings[i].map((value: number, j: number) => Math.abs(value - data[j]));
        expect(apart.every((one: number) => one < 1e-5)).toBe(true);
      }
    } finally {
      await encoder.close();
    }
  });
});

describe("damaged files", () => {
  const folder = mkdtempSync(join(tmpdir(), "pramana-pickled-"));
  it.each(["plain-zip", "plain-stream", "views-zip", "views-stream"])("%s, cut anywhere, is refused", async (name) => {
    const whole = readFileSync(fixture(name));
    const path = join(folder, name);
    for (let length = 0; length < whole.length; length += 7) {
      writeFileSync(path, whole.subarray(0, length));
      await expect(readPickledTensors(path), `${length} bytes`).rejects.toBeInstanceOf(InputError);
    }
  });
});

describe("zip archives that lie", () => {
  const whole = readFileSync(fixture("plain-zip"));
  const folder = mkdtempSync(join(tmpdir(), "pramana-zip-"));
  /** Where the list at the archive's end describes a file. */
  const listed = (bytes: Buffer, name: string): number => bytes.lastIndexOf(`plain-zip/${name}`) - 46;
  const key0 = "its file plain-zip/data/0";
  const tricks: [string, (bytes: Buffer) => void, string][] = [
    ["a name twice", (b) => b.write("0", listed(b, "data/1") + 46 + 15), `${key0} is there twice; fetch it again`],
    [
      "an encrypted file",
      (b) => {
        b.writeUInt16LE(1, listed(b, "data/0") + 8);
        // Twelve bytes are the encryption's.
        b.writeUInt32LE(12, listed(b, "data/0") + 24);
      },
      `${key0} is encrypted; expected one`,
    ],
    ["a packed file", (b) => b.writeUInt16LE(8, listed(b, "data/0") + 10), `${key0} is compressed; expected one`],
    [
      "files at one place",
      (b) => b.copy(b, listed(b, "data/1") + 42, listed(b, "data/0") + 42, listed(b, "data/0") + 46),
      "its file plain-zip/data/1 begins within another; fetch it again",
    ],
    [
      "a size that differs",
      (b) => {
        for (const at of [20, 24]) b.writeUInt32LE(20, listed(b, "data/0") + at);
      },
      "its storage 0 takes 24 bytes, its place has 20",
    ],
    ["no pickle", (b) => b.write("x", listed(b, "data.pkl") + 46 + 15), "it has 0 files data.pkl in a folder"],
    ["no storage", (b) => b.write("9", listed(b, "data/0") + 46 + 15), "its storage 0 is not there"],
    ["numbers of other machines", (b) => b.write("bigend", b.indexOf("little")), "its byte order is bigend"],
    ["a newer version", (b) => b.write("11", b.lastIndexOf("3\n")), 'its version is "11", known are those to 10'],
  ];
  it.each(tricks)("%s", async (name, change, reason) => {
    const bytes = Buffer.from(whole);
    change(bytes);
    const path = join(folder, name);
    writeFileSync(path, bytes);
    await expect(readPickledTensors(path)).rejects.toBeInstanceOf(InputError);
    await expect(readPickledTensors(path)).rejects.toThrow(reason);
  });
});

describe("a checkpoint in shards of both forms, with a Dense module", () => {
  const checkpoint = fileURLToPath(new URL("../fixtures/bert-dense-student", import.meta.url));
  const pickled = mkdtempSync(join(tmpdir(), "pramana-student-"));
  cpSync(checkpoint, pickled, { recursive: true });
  for (const file of ["model.safetensors", "2_Dense/model.safetensors"]) rmSync(join(pickled, file));
  cpSync(join(fixtures, "student"), pickled, { recursive: true });
  const vectorsOf = async (folder: string): Promise<Float32Array> => {
    const encoder = await openRepository(await openFolder(folder), { device: "cpu", threads: 1 });
    try {
      return (await encoder.encode(["a text", "and a second, longer one"])).data;
    } finally {
      await encoder.close();
    }
  };

  it("gives the vectors of the safetensors, to the bit", async () => {
    expect(await vectorsOf(pickled)).toEqual(await vectorsOf(checkpoint));
  });

  it("has a revision that changes with a pickle that is read, and with no other", async () => {
    const revision = async (folder: string): Promise<string> => revisionOf(await openFolder(folder));
    const before = await revision(pickled);
    writeFileSync(join(pickled, "optimizer.bin"), "x");
    expect(await revision(pickled)).toBe(before);
    const shard = join(pickled, "pytorch_model-00002-of-00002.bin");
    const bytes = readFileSync(shard);
    bytes[bytes.length - 1] ^= 1;
    writeFileSync(shard, bytes);
    expect(await revision(pickled)).not.toBe(before);

    const both = mkdtempSync(join(tmpdir(), "pramana-student-"));
    cpSync(checkpoint, both, { recursive: true });
    const alone = await revision(both);
    writeFileSync(join(both, "pytorch_model.bin"), "not looked at: there are safetensors");
    expect(await revision(both)).toBe(alone);
    expect(await vectorsOf(both)).toEqual(await vectorsOf(checkpoint));
  });
});
