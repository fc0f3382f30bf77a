import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { codeOf, InputError } from "../../datasets/errors.ts";
import { limits } from "../../datasets/limits.ts";
import { readSmallFile } from "../../datasets/small-file.ts";
import { jsonPieces, parseJson } from "../results/json.ts";
import { type AllKeys, filesSchema } from "../results/schemas.ts";
import { replaceFile } from "../results/store.ts";
import { type Signature, signText } from "./signature.ts";
import { receiptName, type Statement, type TaskStatement } from "./statement.ts";

/** Version of a receipt's form. */
const formatVersion = 1;

/** A receipt as it lies beside the results. */
export interface Receipt {
  readonly pramana_receipt: typeof formatVersion;
  /** When it was made, by its maker's clock. */
  readonly made: string;
  readonly statement: Statement;
  readonly signature?: Signature | undefined;
}

const texts = z.record(z.string(), z.string());
const taskSchema = z.strictObject({
  score: z.number().nullable(),
  data: z.string(),
  program: z
    .strictObject({
      pramana: z.string(),
      program: z.string().exactOptional(),
      onnxruntime: z.string(),
      node: z.string(),
    })
    .exactOptional(),
  options: z.record(z.string(), z.unknown()).exactOptional(),
  inputs: texts.exactOptional(),
} satisfies AllKeys<TaskStatement>);
const receiptSchema = z.strictObject({
  pramana_receipt: z.literal(formatVersion),
  made: z.string(),
  statement: z.strictObject({
    model: z.string(),
    revision: z.string(),
    files: texts,
    tasks: z.record(z.string(), taskSchema),
    read: filesSchema,
  } satisfies AllKeys<Statement>),
  signature: z
    .strictObject({ algorithm: z.literal("Ed25519"), key: z.string(), value: z.string() } satisfies AllKeys<Signature>)
    .optional(),
} satisfies AllKeys<Receipt>);

/** Returns what is signed of a receipt: all but the signature, as JSON without blanks. */
export const signedText = ({ signature: _, ...signed }: Receipt): string => JSON.stringify(signed);

/** Makes a receipt of a statement, signed where there is a key. @param made Seconds since 1970. */
export function makeReceipt(statement: Statement, made: number, key?: KeyObject): Receipt {
  const time = new Date(made * 1000).toISOString();
  const receipt: Receipt = { pramana_receipt: formatVersion, made: time, statement };
  return key === undefined ? receipt : { ...receipt, signature: signText(signedText(receipt), key) };
}

/** Writes a receipt into its folder, in place of an older one. Returns the file's path. */
export const writeReceipt = (folder: string, receipt: Receipt): Promise<string> =>
  replaceFile(folder, receiptName, jsonPieces(receipt, 2, "\n"));

/**
 * Reads the receipt of a folder; nothing where there is none.
 * @throws InputError for a file that is no receipt
 */
export async function readReceipt(folder: string): Promise<Receipt | undefined> {
  const file = join(folder, receiptName);
  const text = await readSmallFile(file, `receipt: ${file}`, limits.result).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const parsed = receiptSchema.safeParse(parseJson(text, `receipt: ${file}`));
  if (parsed.success) return parsed.data as Receipt;
  const [issue] = parsed.error.issues;
  throw new InputError(
    `receipt: ${file} is no receipt that this program knows: ${issue?.path.join(".") || "top level"}: ${issue?.message}; ` +
      "ask its maker for the receipt, or make one with `pramana receipt`",
  );
}
