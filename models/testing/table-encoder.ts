import type { EncodeOptions, Encoder, EncoderInfo } from "../encoder.ts";
import { encoderInfo } from "./encoder-info.ts";

/** Makes an encoder that looks texts up in a table, keeps every call and counts how often it was closed. */
export function tableEncoder(
  table: Readonly<Record<string, readonly number[]>>,
  facts: Partial<EncoderInfo> = {},
): Encoder & { readonly calls: [readonly string[], EncodeOptions | undefined][]; readonly closed: () => number } {
  const calls: [readonly string[], EncodeOptions | undefined][] = [];
  let closed = 0;
  const dims = Object.values(table)[0]?.length ?? 0;
  return {
    kind: "vectors",
    calls,
    closed: () => closed,
    info: encoderInfo({ id: "test/table", dims, ...facts }),
    async encode(texts, options) {
      calls.push([texts, options]);
      const rows = texts.map((text) => {
        const vector = table[text];
        if (vector === undefined) throw new Error(`no vector for ${text}`);
        return vector;
      });
      return { data: Float32Array.from(rows.flat()), rows: rows.length, dims };
    },
    close: async () => void closed++,
  };
}
