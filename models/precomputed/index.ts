import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { z } from "zod";
import { parseDocument } from "../../datasets/document.ts";
import { InputError, messageOf } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { shown } from "../../datasets/shown.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { encodeOnce } from "../distinct.ts";
import { type Encoder, externalFacts } from "../encoder.ts";
import { selectRows } from "../matrix.ts";
import { applyPrompt } from "../prompts/prompts.ts";
import { readTensors } from "../repository/safetensors.ts";
import { variantName } from "../variants/variant-name.ts";
import { readFloats, type StoredFloat, type StoredMatrix } from "./floats.ts";
import { readNpyHeader } from "./npy.ts";
import { readTexts, type TextRows } from "./texts.ts";

const files = { texts: "texts.jsonl", npy: "vectors.npy", safetensors: "vectors.safetensors", model: "model.json" };
const tensorName = "vectors";
const shownTexts = 3;
const shownCharacters = 60;

const modelSchema = z.strictObject({
  name: z.string().regex(/^[^/]+\/.+$/, "expected organisation/name"),
  revision: z.string().min(1).optional(),
  similarity: z.enum(["cosine", "dot", "euclidean", "manhattan"]).optional(),
});

/**
 * Opens a folder of vectors that were made elsewhere: `texts.jsonl`, a text to each line; `vectors.npy` or
 * `vectors.safetensors` (its tensor `vectors`), a row to each of those texts, [texts, dimensions]; and, if one likes,
 * `model.json` with `name` (organisation/name, to which the variant is added), `revision` and `similarity`. Without it
 * the model is called `precomputed/FOLDER`, its revision is the hash of both files, and vectors are compared by their
 * cosine. All vectors are held in memory as float32.
 * @throws InputError for files that are missing, damaged or do not fit each other
 */
export async function openPrecomputed(folder: string): Promise<Encoder> {
  const names = await listFolder(folder);
  const vectorFile = chooseVectors(folder, names);
  const path = (name: string): string => join(folder, name);
  const texts = await readTexts(path(files.texts));
  const matrix = vectorFile === files.npy ? await readNpyHeader(path(vectorFile)) : await findTensor(path(vectorFile));
  const { rows, dims } = matrix;
  if (rows !== texts.count) {
    throw new InputError(
      `precomputed: ${folder}: ${files.texts} has ${texts.count} texts and ${vectorFile} ${rows} rows; expected a row for each text`,
    );
  }
  if (rows === 0 || dims === 0) {
    throw new InputError(`precomputed: ${path(vectorFile)} is of the shape [${rows}, ${dims}]; expected numbers in it`);
  }
  const data = await readFloats(matrix);
  checkFinite(data, dims, path(vectorFile));
  const model = names.includes(files.model) ? await readModel(path(files.model)) : undefined;
  return {
    kind: "vectors",
    info: {
      ...externalFacts,
      id: model ? variantName(model.name, "precomputed") : `precomputed/${basename(resolve(folder))}`,
      revision: model?.revision ?? (await hashOf([path(files.texts), path(vectorFile)])),
      dims,
      similarity: model?.similarity ?? "cosine",
      device: "precomputed",
      recallsVectors: true,
    },
    encode: lookUp(folder, texts, data, dims),
    close: async () => {},
  };
}

async function listFolder(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    throw new InputError(
      `precomputed: ${folder} cannot be read (${messageOf(error)}); expected a folder with ${files.texts} and ${files.npy}`,
    );
  }
}

function chooseVectors(folder: string, names: readonly string[]): string {
  const there = names.length > 0 ? `it has ${names.slice(0, 10).join(", ")}` : "it is empty";
  if (!names.includes(files.texts)) {
    throw new InputError(
      `precomputed: ${folder} has no ${files.texts}, ${there}; expected a JSON text to each line, as \`pramana texts\` writes them`,
    );
  }
  const [first, ...others] = [files.npy, files.safetensors].filter((name) => names.includes(name));
  if (first !== undefined && others.length === 0) return first;
  throw new InputError(
    first === undefined
      ? `precomputed: ${folder} has no ${files.npy} and no ${files.safetensors}, ${there}; expected one of them`
      : `precomputed: ${folder} has both ${files.npy} and ${files.safetensors}; expected one of them`,
  );
}

const floats: readonly string[] = ["float16", "bfloat16", "float"] satisfies StoredFloat[];

async function findTensor(path: string): Promise<StoredMatrix> {
  const tensors = await readTensors(path);
  const tensor = tensors.get(tensorName);
  if (tensor === undefined) {
    const names = [...tensors.keys()].slice(0, 10).map((name) => shown(name));
    const there = names.join(", ") || "nothing";
    throw new InputError(`precomputed: ${path} has no tensor ${tensorName}, but ${there}; expected one of that name`);
  }
  const { file, offset, type, dims: shape } = tensor;
  if (!floats.includes(type) || shape.length !== 2) {
    throw new InputError(
      `precomputed: ${path}: ${tensorName} is ${type} of the shape [${shape}]; expected F32, F16 or BF16, [texts, dimensions]`,
    );
  }
  const [rows, dims] = shape;
  return { file, offset, type: type as StoredFloat, rows, dims };
}

function checkFinite(data: Float32Array, dims: number, path: string): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new InputError(
      `precomputed: ${path}: row ${Math.floor(i / dims) + 1} holds ${data[i]}; expected finite numbers; embed that text again`,
    );
  }
}

async function readModel(path: string): Promise<z.infer<typeof modelSchema>> {
  const subject = `precomputed: ${path}`;
  const text = await readSmallFile(path, subject, limits.config);
  const value = parseDocument(text, subject, (reason) => new InputError(`${subject} is not JSON: ${reason}`));
  const parsed = modelSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path: place, message }) => `${place.join(".") || "top level"}: ${shown(message, 300)}`,
  );
  throw new InputError(
    `precomputed: ${path}: ${problems.join("; ")}; expected {"name": "organisation/name", "revision": "…", "similarity": "cosine"}`,
  );
}

async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const path of paths) for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex").slice(0, 40);
}

function lookUp(folder: string, texts: TextRows, vectors: Float32Array, dims: number): Encoder["encode"] {
  return encodeOnce(async (wanted, { prompt = "", role, signal }, onBatch) => {
    signal?.throwIfAborted();
    const rows = wanted.map((text) => texts.find(applyPrompt(prompt, text), role));
    const missing = wanted.filter((_, i) => rows[i] === undefined);
    if (missing.length > 0) throw missingError(folder, missing, wanted.length, role);
    const data = new Float32Array(wanted.length * dims);
    rows.forEach((row = 0, i) => {
      data.set(vectors.subarray(row * dims, (row + 1) * dims), i * dims);
    });
    onBatch(Array.from(wanted.keys()), 0);
    return { data, rows: wanted.length, dims };
  }, selectRows);
}

function missingError(folder: string, missing: readonly string[], count: number, role: string | undefined): InputError {
  const shown = missing
    .slice(0, shownTexts)
    .map((text) => JSON.stringify(text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text));
  const kind = role === undefined ? "texts" : `texts in the role of a ${role}`;
  return new InputError(
    `precomputed: ${folder} has no vector for ${missing.length} of ${count} ${kind}, such as ${shown.join(", ")}; ` +
      "`pramana texts` lists what tasks need: embed those and write the folder again",
  );
}
