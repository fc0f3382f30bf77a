import { describe, expect, it } from "vitest";
import { fuseModels } from "./hybrid.ts";
import { createBm25 } from "./lexical/index.ts";
import { tableEncoder } from "./testing/table-encoder.ts";

const rule = { method: "rrf", constant: 60 } as const;

describe("a hybrid", () => {
  it("is named after its models and how they are fused", () => {
    const parts = [createBm25(), tableEncoder({}, { id: "acme/leaf@64d" })];
    const idOf = (fusion: Parameters<typeof fuseModels>[1]) => fuseModels(parts, fusion).info.id;
    expect(idOf({ rule })).toBe("pramana/bm25+acme/leaf@64d[fusion=rrf,k=60]");
    expect(idOf({ rule: { method: "minmax" }, weights: [0.7, 2] })).toBe(
      "pramana/bm25+acme/leaf@64d[fusion=minmax,weights=0.7+2]",
    );
  });

  it("has a revision of all, their parameters, and the least token limit", () => {
    const leaf = tableEncoder({}, { revision: "1", parameters: 3, maxTokens: 512, threads: 2 });
    const tree = tableEncoder({}, { revision: "2", parameters: 40, maxTokens: 256, device: "cuda:0" });
    const { info } = fuseModels([leaf, tree], { rule });
    expect(info).toMatchObject({ parameters: 43, maxTokens: 256, threads: 2, device: "cuda:0" });
    expect(info.revision).toMatch(/^[0-9a-f]{40}$/);
    expect(info.revision).not.toBe(fuseModels([tree, leaf], { rule }).info.revision);
  });

  it("has the precision of those with weights, where it is one", () => {
    const half = tableEncoder({}, { precision: "fp16", parameters: 3 });
    const single = tableEncoder({}, { precision: "fp32", parameters: 3 });
    const precisionOf = (...parts: Parameters<typeof fuseModels>[0]) => fuseModels(parts, { rule }).info.precision;
    expect(precisionOf(createBm25(), half)).toBe("fp16");
    expect(precisionOf(createBm25(), createBm25())).toBe("fp32");
    expect(precisionOf(half, single)).toBe("unknown");
  });

  it("closes all", async () => {
    const parts = [tableEncoder({}), tableEncoder({})];
    await fuseModels(parts, { rule }).close();
    expect(parts.map(({ closed }) => closed())).toEqual([1, 1]);
  });
});
