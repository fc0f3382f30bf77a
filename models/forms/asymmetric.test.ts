import { describe, expect, it } from "vitest";
import type { EncoderInfo } from "../encoder.ts";
import { promptFor } from "../prompts/prompts.ts";
import { tableEncoder } from "../testing/table-encoder.ts";
import { pairEncoders } from "./asymmetric.ts";
import { withDimensions } from "./dimensions.ts";

const student = (facts: Partial<EncoderInfo> = {}) =>
  tableEncoder(
    { text: [1, 0] },
    { id: "acme/leaf", revision: "1", parameters: 3, maxTokens: 512, prompts: { query: "ask: " }, ...facts },
  );
const teacher = (facts: Partial<EncoderInfo> = {}) =>
  tableEncoder(
    { text: [0, 1] },
    { id: "acme/tree", revision: "2", parameters: 40, maxTokens: 256, prompts: { document: "doc: " }, ...facts },
  );

describe("pairEncoders", () => {
  it("sends each role to its model, and texts without one to that of the queries", async () => {
    const [query, document] = [student(), teacher()];
    const pair = pairEncoders(query, document);
    const vectors = await Promise.all(
      [{ role: "query" } as const, { role: "document" } as const, {}, undefined].map((options) =>
        pair.encode(["text"], options),
      ),
    );
    expect(vectors.map(({ data }) => Array.from(data))).toEqual([
      [1, 0],
      [0, 1],
      [1, 0],
      [1, 0],
    ]);
    expect(document.calls).toEqual([[["text"], { role: "document" }]]);
  });

  it("is one model to those who ask", () => {
    const [query, document] = [student(), teacher()];
    const { info } = pairEncoders(query, document);
    expect(info).toMatchObject({ id: "acme/leaf→acme/tree", dims: 2, parameters: 43, maxTokens: 256 });
    expect(info.sides).toEqual({ query: query.info, document: document.info });
    expect(info.revision).toMatch(/^[0-9a-f]{40}$/);
  });

  it("has a revision of both revisions, in their order", () => {
    const revisions = [
      ["1", "2"],
      ["2", "1"],
      ["1", "3"],
      ["12", ""],
    ].map(([query, document]) => {
      const pair = pairEncoders(student({ revision: query }), teacher({ revision: document }));
      return pair.info.revision;
    });
    expect(new Set(revisions).size).toBe(4);
    expect(pairEncoders(student(), teacher()).info.revision).toBe(revisions[0]);
  });

  it("asks each model's own prompts, also when its vectors are cut", () => {
    const task = { name: "Search", type: "Retrieval", typeInstruction: "" };
    const pair = pairEncoders(student(), teacher());
    for (const { info } of [pair, withDimensions(pair, 1)]) {
      const prompts = (["query", "document", undefined] as const).map((role) => promptFor(info, task, role));
      expect(prompts).toEqual(["ask: ", "doc: ", ""]);
    }
  });

  it("cuts vectors to length 1 only where both models have it", () => {
    const of = (query: Partial<EncoderInfo>, document: Partial<EncoderInfo>) =>
      pairEncoders(student(query), teacher(document)).info.normalized;
    expect(of({ normalized: true }, { normalized: true })).toBe(true);
    expect(of({ normalized: true }, { normalized: false })).toBe(false);
    expect(of({ normalized: true }, {})).toBe(false);
  });

  it("closes both models", async () => {
    const [query, document] = [student(), teacher()];
    await pairEncoders(query, document).close();
    expect([query.closed(), document.closed()]).toEqual([1, 1]);
  });

  it("refuses models whose vectors cannot be compared, naming both", () => {
    expect(() => pairEncoders(student({ dims: 384 }), teacher({ dims: 768 }))).toThrow(
      "model: the queries' acme/leaf gives vectors of 384 values, the documents' acme/tree of 768; expected the same " +
        "number; choose models trained for one space",
    );
    expect(() => pairEncoders(student(), teacher({ similarity: "dot" }))).toThrow(
      "model: the queries' acme/leaf is scored by cosine similarity, the documents' acme/tree by dot; expected the same",
    );
  });
});
