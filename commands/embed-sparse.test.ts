import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sharedFolder } from "../datasets/testing/shared.ts";
import { embed } from "./embed.ts";
import type { Terminal } from "./terminal.ts";

const shared = sharedFolder();
const model = join(shared ?? "", "model-kinds/models/sparse-router-static");

function terminalWith(input: string): Terminal & { text: { out: string } } {
  const text = { out: "" };
  return {
    text,
    env: { HF_HUB_OFFLINE: "1" },
    out: (written) => {
      text.out += written;
    },
    err: () => {},
    readInput: async () => input,
    now: () => 0,
    signal: new AbortController().signal,
  };
}

describe.skipIf(shared === undefined)("`embed` of a sparse encoder", () => {
  const expected = () => JSON.parse(readFileSync(join(model, "expected.json"), "utf8"));

  it.each(["query", "document"] as const)("writes what is not 0 of the vector of a %s", async (role) => {
    const { queries, documents, cases } = expected();
    const texts = role === "query" ? queries : documents;
    const terminal = terminalWith(JSON.stringify(texts));
    await embed({ model, device: "cpu", threads: 1, role }, terminal);
    const made: { indices: number[]; values: number[] }[] = JSON.parse(terminal.text.out);
    expect(made.map(({ indices }) => indices)).toEqual(
      cases[0][role].embeddings.map(({ indices }: { indices: number[] }) => indices),
    );
    made.forEach(({ values }, text) => {
      values.forEach((value, i) => {
        expect(Math.abs(value - cases[0][role].embeddings[text].values[i])).toBeLessThan(1e-5);
      });
    });
  });

  it("refuses to cut vectors, which is for dense ones", async () => {
    await expect(embed({ model, device: "cpu", threads: 1, dimensions: 8 }, terminalWith('["a"]'))).rejects.toThrow(
      "--dimensions: only for models that make vectors, not for local/sparse-router-static; leave it out",
    );
  });
});
