import { describe, expect, it } from "vitest";
import { InputError } from "../../datasets/errors.ts";
import { openPrecomputed } from "./index.ts";
import { doubles, floats, folderOf, npy, numbers, safetensors } from "./testing/folders.ts";

async function failure(files: Parameters<typeof folderOf>[0]): Promise<string> {
  const folder = folderOf(files);
  const error: unknown = await openPrecomputed(folder).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message.replaceAll(folder, "FOLDER");
}

describe("a folder that cannot be used", () => {
  const tensor = (shape: number[], dtype = "F32", data = floats(numbers)) => ({
    "vectors.npy": undefined,
    "vectors.safetensors": safetensors({ vectors: { dtype, shape, data } }),
  });
  it.each<[string, Parameters<typeof folderOf>[0], string]>([
    [
      "no texts",
      { "texts.jsonl": undefined },
      "precomputed: FOLDER has no texts.jsonl, it has vectors.npy; expected a JSON text to each line, as `pramana texts` writes them",
    ],
    [
      "no vectors",
      { "vectors.npy": undefined },
      "precomputed: FOLDER has no vectors.npy and no vectors.safetensors, it has texts.jsonl; expected one of them",
    ],
    [
      "both kinds",
      { "vectors.safetensors": "" },
      "precomputed: FOLDER has both vectors.npy and vectors.safetensors; expected one of them",
    ],
    ["no JSON", { "texts.jsonl": '"a"\nb\n' }, "precomputed: FOLDER/texts.jsonl, line 2 is not JSON ("],
    ["an empty line", { "texts.jsonl": '"a"\n\n"b"' }, "precomputed: FOLDER/texts.jsonl, line 2 is not JSON ("],
    [
      "a number",
      { "texts.jsonl": "7\n" },
      'precomputed: FOLDER/texts.jsonl, line 1 is 7; expected a JSON text, or {"text": "…", "role": "query"} or "document"',
    ],
    [
      "another role",
      { "texts.jsonl": '{"text":"a","role":"title"}' },
      'precomputed: FOLDER/texts.jsonl, line 1 is {"text":"a","role":"title"}; expected',
    ],
    [
      "a text twice",
      { "texts.jsonl": '"a"\n"b"\n{"text":"a"}\n"c"' },
      "precomputed: FOLDER/texts.jsonl: lines 1 and 3 are the same text; expected each text once for each role",
    ],
    [
      "too few rows",
      { "texts.jsonl": '"a"\n' },
      "precomputed: FOLDER: texts.jsonl has 1 texts and vectors.npy 4 rows; expected a row for each text",
    ],
    [
      "bytes that are no text",
      { "texts.jsonl": Buffer.from([0x22, 0xff, 0x22]) },
      "precomputed: FOLDER/texts.jsonl: not UTF-8 text, near byte 0",
    ],
    [
      "nothing",
      { "texts.jsonl": "", "vectors.npy": npy(floats([]), "<f4", "(0, 2)") },
      "precomputed: FOLDER/vectors.npy is of the shape [0, 2]; expected numbers in it",
    ],
    [
      "no numbers",
      { "vectors.npy": npy(floats([]), "<f4", "(4, 0)") },
      "precomputed: FOLDER/vectors.npy is of the shape [4, 0]; expected numbers in it",
    ],
    [
      "another format",
      { "vectors.npy": "1,2\n3,4\n" },
      'precomputed: FOLDER/vectors.npy: it is no file of NumPy\'s format; write it with numpy.save(path, vectors.astype("float32"))',
    ],
    [
      "whole numbers",
      { "vectors.npy": npy(floats(numbers), "<i4") },
      "precomputed: FOLDER/vectors.npy: its numbers are of the type <i4; expected <f4, <f2 or <f8; ",
    ],
    [
      "three dimensions",
      { "vectors.npy": npy(floats(numbers), "<f4", "(2, 2, 2)") },
      "precomputed: FOLDER/vectors.npy: its shape is (2, 2, 2); expected (texts, dimensions); ",
    ],
    [
      "one dimension",
      { "vectors.npy": npy(floats(numbers), "<f4", "(8,)") },
      "precomputed: FOLDER/vectors.npy: its shape is (8,); expected (texts, dimensions); ",
    ],
    [
      "columns first",
      { "vectors.npy": npy(floats(numbers), "<f4", "(4, 2)", "True") },
      "precomputed: FOLDER/vectors.npy: its numbers lie column by column; expected them row by row; ",
    ],
    [
      "a file cut off",
      { "vectors.npy": npy(floats(numbers).subarray(0, 30)) },
      "precomputed: FOLDER/vectors.npy: 4 × 2 numbers take 32 bytes, the file has 30; ",
    ],
    [
      "a header cut off",
      { "vectors.npy": npy(floats(numbers)).subarray(0, 40) },
      "precomputed: FOLDER/vectors.npy: its header claims ",
    ],
    [
      "a header of nothing",
      {
        "vectors.npy": Buffer.concat([npy(floats([])).subarray(0, 10).fill(1, 8, 9).fill(0, 9, 10), Buffer.from("x")]),
      },
      "precomputed: FOLDER/vectors.npy: its header names no type or no shape; ",
    ],
    [
      "no number",
      { "vectors.npy": npy(floats([1, 2, 3, Number.NaN, 5, 6, 7, 8])) },
      "precomputed: FOLDER/vectors.npy: row 2 holds NaN; expected finite numbers; embed that text again",
    ],
    [
      "an infinite number",
      { "vectors.npy": npy(doubles([1, 2, 3, 4, 5, 6, 7, 1e300]), "<f8") },
      "precomputed: FOLDER/vectors.npy: row 4 holds Infinity; expected",
    ],
    [
      "another tensor",
      {
        "vectors.npy": undefined,
        "vectors.safetensors": safetensors({ embeddings: { dtype: "F32", shape: [4, 2], data: floats(numbers) } }),
      },
      "precomputed: FOLDER/vectors.safetensors has no tensor vectors, but embeddings; expected one of that name",
    ],
    [
      "a tensor of whole numbers",
      tensor([4, 2], "I32"),
      "precomputed: FOLDER/vectors.safetensors: vectors is int32 of the shape [4,2]; expected F32, F16 or BF16, [texts, dimensions]",
    ],
    [
      "a tensor of three dimensions",
      tensor([2, 2, 2]),
      "precomputed: FOLDER/vectors.safetensors: vectors is float of the shape [2,2,2]; expected",
    ],
    [
      "a damaged tensor file",
      { "vectors.npy": undefined, "vectors.safetensors": "abc" },
      "model: FOLDER/vectors.safetensors is not a whole safetensors file: 3 bytes are too few for a header",
    ],
    ["a model without a name", { "model.json": "{}" }, "precomputed: FOLDER/model.json: name: "],
    [
      "a model's name without organisation",
      { "model.json": '{"name":"m"}' },
      'precomputed: FOLDER/model.json: name: expected organisation/name; expected {"name": "organisation/name", ',
    ],
    [
      "an unknown similarity",
      { "model.json": '{"name":"a/b","similarity":"cos"}' },
      "precomputed: FOLDER/model.json: similarity: ",
    ],
    ["a model that is not JSON", { "model.json": "{" }, "precomputed: FOLDER/model.json is not JSON: "],
  ])("%s", async (_, files, message) => {
    expect(await failure(files)).toContain(message);
  });

  it("does not exist", async () => {
    await expect(openPrecomputed("/no/such")).rejects.toThrow(
      /^precomputed: \/no\/such cannot be read \(ENOENT.*\); expected a folder with texts\.jsonl and vectors\.npy$/,
    );
  });
});
