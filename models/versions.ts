import { shownJson } from "../datasets/shown.ts";
import type { Weights } from "./repository/weights.ts";
import type { Precision } from "./runtime/precision.ts";

/** Precisions by torch's names of their types. */
const precisions: Readonly<Record<string, Precision>> = { float32: "fp32", float16: "fp16", bfloat16: "bf16" };
/** torch's names of stored types. */
const storedNames: Readonly<Record<string, string>> = { float: "float32", float16: "float16", bfloat16: "bfloat16" };

/**
 * Tells in what transformers 4.57 and 5.24 differ for a Transformer, a line for each (docs/decisions/014).
 * @param tokens A text of which 5 makes other token ids than are made here, where there is one.
 * @param storedType undefined where the weights were not seen
 */
export function differencesOfVersions(
  config: Readonly<Record<string, unknown>>,
  tokens: { readonly writtenBy: 4 | 5; readonly text: string } | undefined,
  storedType: Weights["storedType"] | undefined,
): string[] {
  const dtype = config["dtype"] ?? config["torch_dtype"] ?? storedNames[storedType ?? ""];
  const computed = typeof dtype === "string" && Object.hasOwn(precisions, dtype) ? precisions[dtype] : "fp32";
  return [
    ...(tokens === undefined
      ? []
      : [
          `token ids: of ${shownJson(tokens.text)} transformers 5 makes others by the same files; here they are those of ${tokens.writtenBy === 4 ? "4, which wrote the files" : "tokenizer.json, to which its class does not keep"}`,
        ]),
    ...(computed === "fp32"
      ? []
      : [
          `precision: transformers 5 computes in ${computed}, 4 in fp32; here --precision ${computed} does what 5 does`,
        ]),
  ];
}
